# Each goal is one call of the package setup/ (standard library only), where the work is described.

GOALS := setup demo reset-demo test check bench docs lock format

.PHONY: help $(GOALS) $(GOALS:=.run)
.NOTPARALLEL:

help:
	@echo 'make demo        演示：安装、建库、启动网页与后台任务（PORT=8001 换端口）'
	@echo 'make reset-demo  清空演示数据'
	@echo 'make setup       只安装：依赖、样式与字体（服务器上用）'
	@echo 'make test        安装并运行全部测试'
	@echo 'make check       格式、类型、依赖方向、迁移、锁文件与文档的检查'
	@echo 'make bench       性能基准'
	@echo 'make docs        重新生成 docs/clauses.md 与 docs/lifecycle.md'
	@echo 'make lock        重新锁定依赖（UPGRADE=1 升级）'
	@echo 'make format      整理代码与模板的格式'

ifeq ($(shell command -v python3),)
$(error 没有找到 python3。先运行 sudo apt-get install -y python3 python3-venv 再重试)
endif

# make would add its own "Error 1" below the line that says what to type, so that line is left in a file
# and printed by make itself, as the last one.
export DANGJIAN_LAST_LINE := build/last-line

$(GOALS): %: %.run
	@$(if $(shell cat $(DANGJIAN_LAST_LINE) 2>/dev/null),$(error $(shell cat $(DANGJIAN_LAST_LINE))))

$(GOALS:=.run):
	@mkdir -p build && rm -f $(DANGJIAN_LAST_LINE)
	@python3 -m setup $(@:.run=)
