. "$(dirname "$0")/lib.sh"

repo=$top/docs/man

# The synopsis of a page as plain text.
synopsis_of()
{
	sed -n '/^\.SH SYNOPSIS/,/^\.SH/p' "$1" |
		sed -e '/^\./d' -e 's/\\-/-/g' -e 's/\\&//g'
}
names=$(dsv help --synopsis)
for name in $(echo "$names" | tr ' ' -); do
	command=$(echo "$names" | tr ' ' - | grep -n "^$name$" | cut -d: -f1)
	command=$(echo "$names" | sed -n "${command}p")
	page=dsv-${name%-run}.1
	test_that "$page has the synopsis of the table" "
		synopsis_of $page >\"\$work/have\" &&
		dsv help --synopsis $command >\"\$work/want\" &&
		diff -u \"\$work/want\" \"\$work/have\"
	"
	test_that "$page tells of every option and of no other" "
		dsv help --options $command | cut -f1 | grep -o -e '--[a-z-]*' |
			sort -u >\"\$work/want\"
		sed -n '/^\.SH OPTIONS/,/^\.SH [^O]/p' $page |
			sed 's/\\\\\\\\-/-/g' | grep '^\.B' |
			grep -o -e '--[a-z-]*' | sort -u >\"\$work/have\"
		diff -u \"\$work/want\" \"\$work/have\"
	"
done
test_that 'dsv.1 names every command' '
	sed "s/\\\\-/-/g" dsv.1 >"$work/page" &&
	echo "$names" | while read -r name; do
		has "$work/page" "dsv-$(echo "${name% run}" | tr " " -)" || exit 1
	done
'
test_that 'no page is left over' '
	for page in dsv-*.1; do
		name=$(basename "$page" .1)
		name=${name#dsv-}
		echo "$names" | sed "s/ run//" | grep -qx "$name" || exit 1
	done
'
if command -v mandoc >/dev/null; then
	test_that 'mandoc finds nothing to say' '
		run 0 mandoc -Tlint -W warning *.1
	'
else
	skip 'mandoc finds nothing to say' 'no mandoc'
fi
new_repo r
finish
