# Every line is a JSON object, and docs/json.md tells of every field.
. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	mkdir guidelines
	printf '%s\n' --- 'id: g' 'version: 1.0.0' 'status: active' --- \
		>guidelines/g.md
	lines data.csv ID,TEXT,LABEL '1,"A ""q""",X' 2,B,Y 3,C,Y
	dsv add -q guidelines
	dsv track data.csv --key ID --label LABEL --guideline g >/dev/null
	head -c 5000 /dev/zero >D.bin
	dsv track D.bin --yes >/dev/null
	dsv commit -q -m First
	tick
	printf 'ID,TEXT,LABEL,MORE\n1,\377,Y,\n2,B,Z,\n4,"A,\n5\n2,\033,X,\n' >data.csv
	echo >>D.bin
	dsv commit -q -a -m 'Second "one"'
	echo 9,Z,Z >>data.csv
	echo >note
)

all_answers()
{
	for command in 'diff HEAD~1 HEAD' 'diff' 'show' 'log' 'status' 'labels' \
		'labels --by TEXT' 'fsck' 'version'; do
		dsv $command --json || return
	done
	mv .git/dsv/packs ../packs
	dsv fsck --json
	rm -rf .git/dsv/packs
	mv ../packs .git/dsv/packs
}
test_that 'every field is documented' '
	all_answers >../all &&
	grep -o "\"[a-z_0-9]*\":" ../all | tr -d "\":" | sort -u |
		while read -r name; do
			grep -q "\`$name\`" "$top/docs/json.md" ||
				{ echo "$name is not documented"; exit 1; }
		done
'
test_that 'the schema of every command is documented' '
	grep -o "dsv\.[a-z]*/1" ../all | sort -u | while read -r schema; do
		has "$top/docs/json.md" "$schema" || exit 1
	done
'
test_that 'each answer begins with its header' '
	for command in diff show log status labels fsck version; do
		run 0 dsv $command --json && head -n 1 "$work/out" >first &&
		has first "{\"type\":\"header\",\"schema\":\"dsv.$command/1\"" || exit 1
	done; rm first
'
if command -v jq >/dev/null; then
	test_that 'every line is JSON' 'run 0 jq -c .type ../all'
else
	skip 'every line is JSON' 'no jq'
fi
finish
