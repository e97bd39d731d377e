#!/bin/sh
# Every header compiles alone, with CC and LINT_FLAGS as make gives them.
set -u
cd "$(dirname "$0")/../.." || exit 3
bad=0
for header in include/dsv/*.h src/*/*.h; do
	printf '#include "%s"\nextern int dsv_lint;\n' "$header" |
		${CC:-cc} -I. ${LINT_FLAGS--Iinclude -Isrc -std=gnu17} \
			-D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror \
			-fsyntax-only -x c - || bad=1
done
[ "$bad" -eq 0 ] && echo "1 passed, 0 failed"
