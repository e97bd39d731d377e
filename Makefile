# `make help` lists what there is.
BUILD ?= build
CC ?= cc
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
PKGS = libgit2 libcrypto libzstd libcjson yaml-0.1 libxxhash
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
       -Wmissing-prototypes -Wvla -Wformat=2 -Wno-gnu-statement-expression
CPPFLAGS += -Iinclude -Isrc -I$(BUILD)/gen -D_GNU_SOURCE
DSV_CFLAGS = -std=gnu17 -fPIC $(WARN) $(shell pkg-config --cflags $(PKGS))
LDLIBS = $(shell pkg-config --libs $(PKGS)) -lpthread

LIB_SRC := $(wildcard src/base/*.c src/store/*.c src/format/*.c src/repo/*.c \
	src/dataset/*.c src/history/*.c src/report/*.c)
BIN_SRC := $(wildcard src/cli/*.c src/cmd/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
BIN_OBJ := $(BIN_SRC:%.c=$(BUILD)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))

all: $(BUILD)/dsv

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(DSV_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libdsv.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/dsv: $(BIN_OBJ) $(BUILD)/libdsv.a
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(LDLIBS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libdsv.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(DSV_CFLAGS) $(CFLAGS) $(LDFLAGS) $< $(BUILD)/libdsv.a \
		-o $@ -lcmocka $(LDLIBS)

# make unit T=test_csv  runs one
unit: $(if $(T),$(BUILD)/tests/unit/$(T),$(UNIT))
	@for t in $^; do $$t || exit 1; done

.PHONY: all unit
# The hooks that init installs are part of the program.
HOOKS := $(wildcard hooks/*)
$(BUILD)/gen/hook_text.h: $(HOOKS)
	@mkdir -p $(@D)
	@for h in $^; do \
		echo "static const char $$(basename $$h | tr - _)_text[] ="; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' $$h; \
		echo "	;"; \
	done >$@
$(BUILD)/src/repo/hooks.o: $(BUILD)/gen/hook_text.h

-include $(LIB_OBJ:.o=.d) $(BIN_OBJ:.o=.d)
