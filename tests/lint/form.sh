#!/bin/sh
# The form that a program can judge: no file over 500 lines, no function over
# 70, no goto, no // comments; hooks of at most 30 lines; nothing at the top
# of the project but what belongs there.
set -eu
cd "$(dirname "$0")/../.."
bad=0

awk '
function fail(text) {
	print FILENAME ":" FNR ": " text
	bad = 1
}
# The code of a line, without strings and comments.
function code_of(line) {
	gsub(/\\\\/, "", line)
	gsub(/\\"/, "", line)
	gsub(/\\\047/, "", line)
	gsub(/\047"\047/, "", line)
	if (in_comment) {
		if (line !~ /\*\//)
			return ""
		sub(/^.*\*\//, "", line)
		in_comment = 0
	}
	gsub(/"[^"]*"/, "\"\"", line)
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
	if (line ~ /\/\*/) {
		sub(/\/\*.*/, "", line)
		in_comment = 1
	}
	return line
}
FNR == 1 { in_comment = 0; start = 0 }
FNR == 501 { fail("the file has more than 500 lines") }
{
	code = code_of($0)
	if (code ~ /\/\//)
		fail("a // comment")
	if (code ~ /(^|[^a-z_])goto([^a-z_]|$)/)
		fail("goto")
	if ($0 ~ /[ \t]$/)
		fail("blanks at the end of the line")
	if ($0 ~ /^\{/)
		start = FNR
	if ($0 ~ /^\}/ && start) {
		if (FNR - start + 1 > 70)
			fail("the function has more than 70 lines")
		start = 0
	}
}
END { exit bad }
' src/*/*.[ch] include/dsv/*.h || bad=1

for hook in hooks/*; do
	[ -f "$hook" ] || continue
	if [ "$(wc -l <"$hook")" -gt 30 ]; then
		echo "$hook: more than 30 lines"
		bad=1
	fi
done

names=$(git ls-files 2>/dev/null | sed 's|/.*||' | sort -u)
for name in $names; do
	case $name in
	.* | Makefile | README.md | LICENSE) ;;
	src | include | hooks | tests | docs | completions) ;;
	*)
		echo "$name: does not belong at the top"
		bad=1
		;;
	esac
done

[ "$bad" -eq 0 ]
echo "1 passed, 0 failed"
