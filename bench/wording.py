"""The words of the data set: organisations, people and projects of an invented construction company."""

from itertools import product
from random import Random

COMMON, RARE = "安全", "古桥"  # the words that the search looks for: in every ninth name, and in every thousandth

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = [
    "建国",
    "志强",
    "文静",
    "晓东",
    "立群",
    "佳慧",
    "一平",
    "安邦",
    "慧敏",
    "少华",
    "巧云",
    "铁军",
    "大海",
    "前进",
    "立春",
    "玉梅",
    "志刚",
    "明华",
    "成钢",
    "振国",
    "守正",
    "清",
]
_PLACES = [
    "云江",
    "青石岭",
    "安平",
    "关朗",
    "白沙",
    "龙门",
    "汉川",
    "双河",
    "望城",
    "金沙",
    "临江",
    "松原",
    "凤凰山",
    "平昌",
    "南溪",
    "永宁",
    "大渡口",
    "柳河",
    "清水",
    "石门",
    "红岩",
    "东湖",
    "银川",
    "高坪",
    "桃源",
    "兴隆",
    "泸定",
    "沧江",
    "阳坡",
    "翠屏",
    "宝峰",
    "西岭",
    "渭河",
    "秀水",
    "长岭",
    "乌兰",
    "河口",
    "天池",
    "武陵",
    "嘉陵",
]
_WORKS = [
    "特大桥",
    "隧道",
    "高速三标",
    "地铁五标",
    "综合管廊",
    "水厂",
    "机场航站楼",
    "铁路二标",
    "保障房",
    "污水处理厂",
    "产业园",
    "码头",
]
_GENERAL = ["华北分公司", "西南分公司", "华南分公司", "轨道分公司"]
_UNITS = [
    "第一工程",
    "第二工程",
    "第三工程",
    "第四工程",
    "第五工程",
    "路桥工程",
    "轨道交通",
    "建筑工程",
    "设计研究院",
    "物资贸易",
    "装备制造",
    "海外工程",
]

_ROADS = [
    "发挥党员先锋作用",
    "党员包机包班",
    "开展党员攻关",
    "深化支部共建",
    "推行党员责任区",
    "组建党员突击队",
    "创建红色工地",
    "建立党员创新工作室",
    "落实党员包保",
    "开展岗位讲述",
]
_THINGS = [
    "破解大体积混凝土裂缝难题",
    "降低柴油消耗",
    "缩短盾构换刀时间",
    "提高钢筋加工合格率",
    "减少机械空转",
    "推进智慧工地建设",
    "攻克高水压地层掘进",
    "优化预制梁场工序",
    "压降库存物资",
    "提升一次验收合格率",
    "清收逾期工程款",
    "推广数字化交底",
    "规范劳务实名管理",
    "改进隧道通风",
    "保护沿线水源地",
    "服务农民工子女",
    "带徒培养青年骨干",
    "降低周转材料损耗",
    "提高测量复核效率",
    "完善支部工作制度",
]
_AIMS = [
    "实现节约成本三十万元",
    "确保工期节点按期完成",
    "争创省部级工法",
    "形成可推广的工作法",
    "带动全员降本增效",
    "打造党建品牌示范点",
    "实现零投诉目标",
    "取得两项实用新型专利",
    "使设备完好率达到九成八",
    "培养十名技术能手",
]

_SENTENCES = (
    "支部在前期调研中发现，现场工序衔接不紧，机械空转时间偏长，单位产值能耗高于定额百分之八。",
    "该问题直接影响节点工期和项目利润，班组多次反映，需要党员骨干带头攻关。",
    "支部有机电、试验、测量专业党员十一人，已有完整台账，具备逐台逐班考核的条件。",
    "按工区划分党员责任区，逐项明确责任人和完成时间，每周通报一次进展。",
    "每月召开一次推进会，对滞后的措施由支部委员包保督办，重大问题提请项目部研究解决。",
    "对高耗设备实施技术改造，试验段数据经监理确认后在全线推广。",
    "到年底形成成套作业指导书和考核办法，相关指标达到公司先进水平。",
    "总结形成一个支部工作法，在同类项目推广，党员参与率达到百分之百。",
    "征求意见会上共收到意见六条，采纳四条，其余两条已作出说明。",
    "逐台测量二十三台设备的空转时间，走访四个班组，查阅近半年的燃油台账。",
)


def unit_names() -> list[str]:
    """The twelve units below the company."""
    return _UNITS


def general_branch_names() -> list[str]:
    return _GENERAL


def site_names(random: Random) -> list[str]:
    """Construction sites, each once, in no order: one branch stands at each."""
    names = [place + work for place, work in product(_PLACES, _WORKS)]
    random.shuffle(names)
    return names


def person_name(random: Random) -> str:
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


def project_name(random: Random, serial: int) -> str:
    if serial % 1000 == 0:
        return f"{random.choice(_ROADS)}，修缮沿线{RARE}，{random.choice(_AIMS)}"
    thing = f"提升{COMMON}管理水平" if serial % 9 == 0 else random.choice(_THINGS)
    return f"{random.choice(_ROADS)}，{thing}，{random.choice(_AIMS)}"


def text(random: Random, sentences: int) -> str:
    """A paragraph of the application."""
    return "".join(random.sample(_SENTENCES, sentences))
