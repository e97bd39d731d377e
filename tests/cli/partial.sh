# A clone without data: readers bring what they read, by ranges.
. "$(dirname "$0")/lib.sh"

server=$work/team.git
git init -q --bare "$server"
new_repo ana
part=$work/part

# table FILE N CHANGED: rows 100, 200... up to CHANGED have another label
table()
{
	awk -v n="$2" -v changed="$3" 'BEGIN {
		print "id,text,label"
		srand(7)
		for (i = 1; i <= n; i++)
			print i ",word " int(rand() * 1000000) " and " \
				int(rand() * 1000000) "," \
				(i % 100 == 0 && i <= changed ? "fox" : "cat")
	}' >"$1"
}

# What the last command fetched, in bytes.
traffic()
{
	sed -n 's/^trace: \([0-9]*\) bytes.*/\1/p' "$work/err" | grep . || echo 0
}
export DSV_TRACE=1

cd "$repo" || exit 3
table big.csv 60000 0
table other.csv 50000 0
sed -i 's/word/other/' other.csv
dsv track big.csv other.csv --key id --label label --yes >/dev/null
tick && dsv commit -q -m One
table big.csv 60000 3000
tick && dsv commit -q -a -m Two
table big.csv 60000 9000
tick && dsv commit -q -a -m Three
dsv remote add origin "$server"
dsv push -u origin main >/dev/null 2>&1
whole=$(cat .git/dsv/packs/*.pack | wc -c)

test_that 'clone --no-data leaves pointers and brings no pack' '
	cd "$work" && run 0 dsv clone --no-data team.git part &&
	out_has "2 without data here" && cd part &&
	grep -q "^dsv-pointer" big.csv && [ -z "$(ls .git/dsv/packs 2>/dev/null)" ]
'
test_that 'fetch into it brings no data that nobody asked for' '
	cd "$part" && run 0 dsv fetch && [ -z "$(ls .git/dsv/packs 2>/dev/null)" ]
'
test_that 'diff brings what it reads, and not the other file' '
	cd "$part" && run 0 dsv diff --summary HEAD~1..HEAD && out_has "60" &&
	got=$(traffic) && [ "$got" -gt 0 ] && [ "$got" -lt $((whole * 7 / 10)) ]
'
test_that 'what came is kept: the same again fetches nothing' '
	cd "$part" && run 0 dsv diff --summary HEAD~1..HEAD && [ "$(traffic)" = 0 ]
'
test_that 'diff with a third version brings what is new in it alone' '
	cd "$part" && run 0 dsv diff --summary HEAD~2..HEAD~1 && out_has "30" &&
	got=$(traffic) && [ "$got" -lt $((whole / 10)) ]
'
test_that 'it says the same as where all is' '
	cd "$part" && dsv diff HEAD~2..HEAD >../in-part 2>/dev/null &&
	cd "$repo" && dsv diff HEAD~2..HEAD >../in-whole &&
	cmp ../in-whole ../in-part
'
for look in 'blame big.csv' 'changelog HEAD~2..HEAD' 'labels' 'log' 'check'; do
	test_that "$look says the same as where all is" '
		rm -rf "$work/fresh" && cd "$work" &&
		dsv clone --no-data team.git fresh >/dev/null 2>&1 && cd fresh &&
		dsv '"$look"' >../in-part 2>../part-err
		part_rc=$? && cd "$repo" && dsv '"$look"' >../in-whole 2>/dev/null
		[ $part_rc -eq $? ] && cmp ../in-whole ../in-part
	'
done
test_that 'work files stay pointers, and nothing is damaged' '
	cd "$part" && grep -q "^dsv-pointer" big.csv &&
	run 0 git status --short && silent
'
test_that 'fetch --data brings a file and checks it out' '
	cd "$part" && run 0 dsv fetch --data big.csv && out_has "1 checked out" &&
	cmp big.csv "$repo/big.csv" && grep -q "^dsv-pointer" other.csv
'
test_that 'fetch --since brings the versions behind it' '
	rm -rf "$work/since" && cd "$work" &&
	run 0 dsv clone --no-data team.git since && cd since &&
	run 0 dsv fetch --since HEAD~2 && git remote remove origin &&
	run 0 dsv diff --summary HEAD~1..HEAD && run 3 dsv show HEAD~2:other.csv:5
'
test_that 'fetch --all brings everything' '
	cd "$part" && run 0 dsv fetch --all && run 0 dsv fsck && out_has sound
'
test_that 'a commit made in a part is pushed, and is whole elsewhere' '
	rm -rf "$work/fresh" && cd "$work" &&
	run 0 dsv clone --no-data team.git fresh && cd fresh &&
	run 0 dsv fetch --data big.csv && sed -i "s/^55,\(.*\),cat/55,\1,owl/" big.csv &&
	tick && run 0 dsv commit -m Owl big.csv || { git add big.csv &&
	run 0 dsv commit -m Owl; } && run 0 dsv push && rm -rf "$work/last" &&
	cd "$work" && run 0 dsv clone team.git last && cmp last/big.csv fresh/big.csv &&
	cd last && run 0 dsv fetch --all && run 0 dsv fsck
'
test_that 'what no store has is said with the next step' '
	rm -rf "$work/fresh" && cd "$work" &&
	run 0 dsv clone --no-data team.git fresh && cd fresh &&
	git config remote.origin.dsvData "$work/nowhere/data" &&
	run 3 dsv blame big.csv && err_has "dsv fetch --data big.csv"
'
finish
