# `make help` lists what there is.
#
# The libraries are looked for, and installed where they are missing, by
# .ci/deps; what it found out is kept in $(BUILD)/deps.mk.

BUILD ?= build

# Other kinds of build live beside the first: SAN=1, SAN=thread.
ifdef SAN
ifeq ($(origin BUILD),file)
BUILD := build/san$(filter-out 1,$(SAN))
endif
comma := ,
SAN_FLAGS := -fsanitize=$(if $(filter thread,$(SAN)),thread,address$(comma)undefined) \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS ?= -O1 -g
endif

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2
CPPFLAGS += -Iinclude -Isrc -I$(BUILD)/gen -D_GNU_SOURCE
DSV_CFLAGS = -std=gnu17 -fPIC $(WARN) $(DEP_CFLAGS) $(ARCH_FLAGS) $(CFLAGS) \
	$(SAN_FLAGS)
DSV_LDFLAGS = $(CFLAGS) $(SAN_FLAGS) $(LDFLAGS)
LDLIBS = $(DEP_LIBS) -lpthread -lm
COMPILE = $(CC) $(CPPFLAGS) $(DSV_CFLAGS)

LIB_DIRS := base store format repo dataset history govern remote report
LIB_SRC := $(wildcard $(LIB_DIRS:%=src/%/*.c))
BIN_SRC := $(wildcard src/cli/*.c src/cmd/*.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
HEADERS := $(wildcard include/dsv/*.h src/*/*.h)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
BIN_OBJ := $(BIN_SRC:%.c=$(BUILD)/%.o)
CLI_OBJ := $(filter-out $(BUILD)/src/cli/main.o,$(BIN_OBJ))
UNIT := $(UNIT_SRC:%.c=$(BUILD)/%)
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRC))
REPLAY := $(FUZZ:%=$(BUILD)/tests/fuzz/replay_%)
HOOKS := $(wildcard hooks/*)
VERSION := $(shell sed -n 's/^.define DSV_RELEASE "\(.*\)"/\1/p' \
	include/dsv/release.h)

# As many jobs as there are cores, unless -j says otherwise.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

# V=1 shows the commands.
Q := $(if $(V),,@)
SAY = $(if $(V),,@echo "  $(1)  $(2)")

#:   make              build/dsv, build/libdsv.a, build/libdsv.so
all: $(BUILD)/dsv $(BUILD)/libdsv.so $(if $(SAN),,compile_commands.json)

#:   make check        lint, unit tests, fuzz corpora, command tests
#:   make check SAN=1  the same with address and undefined-behaviour sanitizers
check: all $(UNIT) $(REPLAY)
	@$(RUN_CHECK)

#:   make unit         the unit tests; T=test_csv: one of them
unit: $(if $(BIN_SRC),$(BUILD)/dsv) $(if $(T),$(T:%=$(BUILD)/tests/unit/%),$(UNIT))
	@$(if $(T),export PATH="$(abspath $(BUILD)):$$PATH"; \
		for t in $(T); do $(BUILD)/tests/unit/$$t || exit 1; done, \
		$(RUN_CHECK) unit)

#:   make replay       the fuzz targets over their corpora
replay: $(REPLAY)
	@$(RUN_CHECK) fuzz

#:   make lint         layers, form, headers that compile alone, format
lint:
	@$(RUN_CHECK) lint

export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
RUN_CHECK = CC='$(CC)' LINT_FLAGS='$(CPPFLAGS) -std=gnu17 $(DEP_CFLAGS)' \
	sh tests/check.sh '$(BUILD)'

# --- what deps found

NEEDS_NOTHING := help clean fmt uninstall
FOR_TESTS := check unit replay fuzz
ifneq ($(filter-out $(NEEDS_NOTHING),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/deps.mk
endif

# Asked each time, since it costs little; written when there is news, for then
# make starts anew.
$(BUILD)/deps.mk: FORCE
	@mkdir -p $(@D)
	@CC='$(CC)' sh .ci/deps $(if $(filter $(FOR_TESTS),$(MAKECMDGOALS)),tests)
	@[ -s $@ ] && [ -z "$$(find .ci/deps -newer $@)" ] || { \
		CC='$(CC)' sh .ci/deps --flags >$@.new && mv $@.new $@; }

# --- program and library

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(Q)$(COMPILE) -MMD -MP -c $< -o $@

$(BUILD)/libdsv.a: $(LIB_OBJ)
	$(call SAY,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/libcli.a: $(CLI_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/libdsv.so: $(LIB_OBJ)
	$(call SAY,LD,$@)
	$(Q)$(CC) $(DSV_LDFLAGS) -shared -Wl,-soname,libdsv.so.0 $^ -o $@ \
		$(LDLIBS)

$(BUILD)/dsv: $(BIN_OBJ) $(BUILD)/libdsv.a
	$(call SAY,LD,$@)
	$(Q)$(CC) $(DSV_LDFLAGS) $^ -o $@ $(LDLIBS)

# The hooks that init installs are part of the program.
$(BUILD)/gen/hook_text.h: $(HOOKS)
	@mkdir -p $(@D)
	@for h in $^; do \
		echo "static const char $$(basename $$h | tr - _)_text[] ="; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' $$h; \
		echo "	;"; \
	done >$@
$(BUILD)/src/repo/hooks.o: $(BUILD)/gen/hook_text.h

# --- tests

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libcli.a $(BUILD)/libdsv.a
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(Q)$(COMPILE) -MMD -MP -MF $@.d $(LDFLAGS) $< $(BUILD)/libcli.a \
		$(BUILD)/libdsv.a -o $@ -lcmocka $(LDLIBS)

$(BUILD)/tests/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/driver.c \
		$(BUILD)/libdsv.a
	@mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(Q)$(COMPILE) -Wno-missing-prototypes $(LDFLAGS) $^ -o $@ $(LDLIBS)

#:   make fuzz F=csv S=60   a fuzz target for S seconds, with clang
S ?= 60
FUZZ_BUILD := build/fuzz
FUZZ_FLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz:
	$(Q)$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=clang \
		CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link' \
		$(addprefix $(FUZZ_BUILD)/tests/fuzz/fuzz_,$(or $(F),$(FUZZ)))
	@for f in $(or $(F),$(FUZZ)); do \
		mkdir -p $(FUZZ_BUILD)/corpus/$$f tests/fuzz/corpus/$$f; \
		$(FUZZ_BUILD)/tests/fuzz/fuzz_$$f -max_total_time=$(S) \
			-artifact_prefix=$(FUZZ_BUILD)/$$f- \
			$(FUZZ_BUILD)/corpus/$$f tests/fuzz/corpus/$$f || \
			exit 1; \
	done

$(BUILD)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/libdsv.a
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Wno-missing-prototypes -fsanitize=fuzzer $^ -o $@ \
		$(LDLIBS)

#:   make golden       rewrite the golden files; read the diff like code
golden: all
	@BUILD='$(BUILD)' GOLDEN=1 sh tests/cli/run.sh

#:   make bench        the targets of docs/design.md, against git and DuckDB
bench: all $(BUILD)/tests/bench/gen $(BUILD)/tests/bench/measure
	@sh tests/bench/bench.sh '$(BUILD)'
	@sh tests/bench/history.sh '$(BUILD)'
	@sh tests/bench/scan.sh '$(BUILD)'
	@sh tests/bench/govern.sh '$(BUILD)'
	@sh tests/bench/share.sh '$(BUILD)'

$(BUILD)/tests/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(LDFLAGS) $< -o $@ -lm

#:   make demo         the first two minutes with dsv
demo: all
	@PATH="$(abspath $(BUILD)):$$PATH" sh tests/demo/demo.sh '$(BUILD)/demo'

# --- upkeep

#:   make fmt          put all C files into form (clang-format)
fmt:
	clang-format -i $(LIB_SRC) $(BIN_SRC) $(HEADERS) \
		$(wildcard tests/*/*.c tests/*/*.h)

#:   make completions  write completions/ anew from the command tables
completions: $(BUILD)/dsv
	$(BUILD)/dsv completion bash >completions/dsv.bash
	$(BUILD)/dsv completion zsh >completions/_dsv
	$(BUILD)/dsv completion fish >completions/dsv.fish

# For editors. The folders change when a file comes or goes.
ALL_SRC := $(LIB_SRC) $(BIN_SRC) $(UNIT_SRC) $(FUZZ_SRC)
compile_commands.json: Makefile $(BUILD)/deps.mk $(sort $(dir $(ALL_SRC)))
	@{ sep='['; for f in $(ALL_SRC); do \
		printf '%s\n{"directory":"%s","file":"%s","command":"%s"}' \
			"$$sep" '$(CURDIR)' "$$f" \
			'$(COMPILE) -c '"$$f"; sep=','; \
	done; printf '\n]\n'; } >$@

#:   make install      to PREFIX (/usr/local), below DESTDIR if given
BIN_TO = $(DESTDIR)$(PREFIX)/bin
LIB_TO = $(DESTDIR)$(PREFIX)/lib
INC_TO = $(DESTDIR)$(PREFIX)/include/dsv
SHARE_TO = $(DESTDIR)$(PREFIX)/share
BASH_TO = $(SHARE_TO)/bash-completion/completions
ZSH_TO = $(SHARE_TO)/zsh/site-functions
FISH_TO = $(SHARE_TO)/fish/vendor_completions.d
MAN_PAGES := $(wildcard docs/man/*.[1-8])

install: all
	install -d '$(BIN_TO)' '$(LIB_TO)/pkgconfig' '$(INC_TO)' \
		'$(BASH_TO)' '$(ZSH_TO)' '$(FISH_TO)'
	install -m 755 $(BUILD)/dsv '$(BIN_TO)/dsv'
	install -m 644 $(BUILD)/libdsv.a '$(LIB_TO)/libdsv.a'
	install -m 755 $(BUILD)/libdsv.so '$(LIB_TO)/libdsv.so.$(VERSION)'
	ln -sf libdsv.so.$(VERSION) '$(LIB_TO)/libdsv.so.0'
	ln -sf libdsv.so.0 '$(LIB_TO)/libdsv.so'
	install -m 644 include/dsv/*.h '$(INC_TO)/'
	@for page in $(MAN_PAGES); do \
		to='$(SHARE_TO)'/man/man$${page##*.}; \
		install -d "$$to" && install -m 644 "$$page" "$$to/" || \
			exit 1; \
	done
	install -m 644 completions/dsv.bash '$(BASH_TO)/dsv'
	install -m 644 completions/_dsv '$(ZSH_TO)/_dsv'
	install -m 644 completions/dsv.fish '$(FISH_TO)/dsv.fish'
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
		'includedir=$${prefix}/include' '' 'Name: dsv' \
		'Description: git for labelled datasets' \
		'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -ldsv' \
		'Libs.private: $(strip $(LDLIBS))' \
		>'$(LIB_TO)/pkgconfig/dsv.pc'

#:   make uninstall    take away what install put there
uninstall:
	rm -f '$(BIN_TO)/dsv' '$(LIB_TO)/libdsv.a' '$(LIB_TO)/libdsv.so' \
		'$(LIB_TO)/libdsv.so.0' '$(LIB_TO)/libdsv.so.$(VERSION)' \
		'$(LIB_TO)/pkgconfig/dsv.pc' '$(BASH_TO)/dsv' \
		'$(ZSH_TO)/_dsv' '$(FISH_TO)/dsv.fish'
	rm -rf '$(INC_TO)'
	@for page in $(MAN_PAGES); do \
		rm -f '$(SHARE_TO)'/man/man$${page##*.}/$${page##*/}; \
	done

#:   make clean        take away what was built
clean:
	rm -rf '$(BUILD)' compile_commands.json

help:
	@sed -n 's/^#:   //p' Makefile
	@echo
	@echo 'BUILD=DIR builds elsewhere, CC=clang with another compiler,'
	@echo 'DSV_DEPS=no looks for no libraries, V=1 shows the commands.'

FORCE:
.PHONY: FORCE all bench check clean completions demo fmt fuzz golden help \
	install lint replay uninstall unit
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB_OBJ:.o=.d) $(BIN_OBJ:.o=.d) $(UNIT:%=%.d)
