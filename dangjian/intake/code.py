"""The code (代码): one word for each thing that a reading warns of or refuses, with its sentence. The only table of them."""

WARNINGS = {
    "name_missing": "没有项目名称",
    "duplicate": "项目名称和承担支部与前面一行相同",
    "date_missing": "没有起止日期",
    "date_year_missing": "起止日期没有写年份，不推测",
    "date_single": "只有一个日期，缺开始或完成",
    "date_ambiguous": "按数字填写的 2022.1 可能是 1 月，也可能是 10 月，不推测",
    "date_invalid": "起止日期读不出或不存在",
    "date_reversed": "完成早于开始",
    "date_open": "没有写完成日期（起、长期）",
    "over_one_year": "实施周期超过一年，须有阶段性目标",
    "state_told": "按文件的状态列填写，请核对",
    "state_before": "文件的状态列说还没有立项或已不再办理，先不导入；要导入的，勾选并选择补录为",
    "cell_error": "单元格的公式出错或没有保存结果，按空白处理",
}
"""Of a row; the row is kept."""

REJECTS = {
    "wrong_type": "不是 .xlsx、.xls 或 .docx 文件，请用 Excel、WPS 或 Word 另存后再传",
    "empty": "文件里没有内容",
    "too_large": "文件太大或太复杂，请拆分后再传",
    "bomb": "文件展开后太大，请删去多余的工作表、图片和空行再传",
    "macro": "文件带有宏或控件，请另存为不带宏的文件再传",
    "dtd": "文件里声明了外部或自定义实体，不予接收",
    "unsafe": "文件的内部结构不正常，不予接收",
    "encrypted": "文件加了密码，请去掉密码再传",
    "damaged": "文件已损坏，读不出内容，请打开后另存一份再传",
    "no_table": "文件里没有找到带“项目名称”表头的表格或申请表",
}
"""Of a file; nothing of it is read."""

SKIPS = {
    "total": "合计行",
    "note": "说明或备注行",
    "group": "分组标题行",
    "signature": "落款行",
    "sample": "示例行",
    "heading": "重复的表头",
    "numbering": "列号行",
    "hidden_sheet": "隐藏的工作表",
    "hidden_text": "设为隐藏的文字",
    "help_sheet": "填写说明或示例工作表",
    "other_sheet": "图表等不是表格的工作表",
    "bare_column": "没有表头的列",
    "far_columns": "第 200 列以后的内容",
    "embedded": "嵌入的对象（如嵌入的 Excel 表、图表）",
    "blank_form": "没有填写的申请表",
    "foreign_table": "另一张表，没有项目名称栏",
    "strange_row": "申请表里认不出的行",
    "other_table": "申请表以外的台账，请另存为一个文件再导入",
}
"""Of a line or a sheet that is no project."""

NOTES = {
    "hidden_row": "隐藏的行，照样读入，请核对",
    "hidden_column": "隐藏的列，照样读入，请核对",
    "content_unlabelled": "具体工作内容没有分选题、内容、预期目标，全部放入采取措施，请核对",
    "several_forms": "文件里有几份申请表，命令只列出第一份，导入时全部读入",
}
"""Of what was read all the same."""

ON_THE_PAGE = NOTES | {"several_forms": "文件里有几份申请表，全部读入，请核对"}
"""The same where every form of a file is read in, not its first alone."""
