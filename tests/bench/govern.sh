#!/bin/sh
# The gate, measured against its target in docs/design.md, beside bench.sh and
# with its data: a table of which 1,000 records changed, 100 statements about
# it, and the policy of docs/formats/policy.md as far as it needs no audit.
#
#	govern.sh BUILD    (make bench)
#
# ROWS (1000000) and RUNS (3) make it smaller or larger.
set -eu

build=$(cd "$1" && pwd)
work=$build/bench
rows=${ROWS:-1000000}
runs=${RUNS:-3}
table=${TABLE:-$work/table-$rows}
PATH=$build:$PATH
export PATH HOME="$work" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.org
export GIT_CEILING_DIRECTORIES="$work"
mkdir -p "$work"
gen=$build/tests/bench/gen
measure=$build/tests/bench/measure
if ! [ -f "$table/v01.csv" ]; then
	mkdir -p "$table"
	"$gen" table "$table" "$rows" 1
fi

rm -rf "$work/govern"
mkdir "$work/govern"
cd "$work/govern"
ssh-keygen -q -t ed25519 -N '' -f key
dsv init -q 2>/dev/null >/dev/null || dsv init >/dev/null
printf '/key\n/key.pub\n/doc*\n' >.git/info/exclude
cp "$table/v01.csv" t.csv
dsv track t.csv --name t --key id --label sentiment --yes >/dev/null
dsv people add privacy-b --role privacy,governance --key key.pub >/dev/null

# policy LINE...
policy()
{
	{
		printf '%s\n' 'version: 1' 'targets:' '  main:'
		printf '    - %s\n' "$@" \
			'governance: {role: governance, count: 1}'
	} >.dsv/policy.yaml
	dsv add .dsv
}
policy 'sign-off: {role: privacy}' \
	'labels: {each_at_least: 50, drop_at_most: "10%"}'
git symbolic-ref HEAD refs/heads/main
dsv commit -m v1 >/dev/null

# One field of 1,000 records, spread over the table.
git switch -qc change
step=$((rows / 1000))
awk -v step="$step" 'NR > 1 && NR % step == 0 { sub(/.$/, "x") } { print }' \
	"$table/v01.csv" >t.csv
dsv commit -a -m v2 >/dev/null
git config dsv.signingKey "$work/govern/key"
dsv signoff approve --no-scan --no-push >/dev/null

# statements N: as many more, about the same, on the evidence branch
statements()
{
	place=$(git ls-tree -r --name-only dsv-evidence | grep 'json$')
	git show "dsv-evidence:$place" >doc
	GIT_INDEX_FILE=$work/govern/.git/evidence.index
	export GIT_INDEX_FILE
	git read-tree dsv-evidence
	i=1
	while [ "$i" -lt "$1" ]; do
		sed "s/\"reason\":\"\"/\"reason\":\"$i\"/" doc >"doc$i"
		ssh-keygen -q -Y sign -n dsv -f key "doc$i" 2>/dev/null
		name=${place%/*}/$(sha256sum <"doc$i" | cut -c 1-64).json
		blob=$(git hash-object -w --stdin <"doc$i")
		sig=$(git hash-object -w --stdin <"doc$i.sig")
		printf '100644 %s\t%s\n100644 %s\t%s.sig\n' \
			"$blob" "$name" "$sig" "$name"
		i=$((i + 1))
	done | git update-index --add --index-info
	commit=$(git commit-tree -p dsv-evidence -m more "$(git write-tree)")
	unset GIT_INDEX_FILE
	git update-ref refs/heads/dsv-evidence "$commit"
}
statements 100

drop="rm -rf $work/govern/.git/dsv/cache"
cd="cd $work/govern"
diff=$("$measure" "$runs" "$drop" "$cd && dsv diff --summary main HEAD")
# row NAME "MS MB"
row()
{
	echo "$diff $2" | awk -v name="$1" '{
		printf "%-44s %9.1f %6.0f %6.2f\n", name, $3, $4, $3 / $1
	}'
}
printf '%-44s %9s %6s %6s\n' "$rows records, 1000 changed, 100 statements" \
	ms MB ratio
row 'diff' "$diff"
row 'check, nothing known (at most 3)' \
	"$("$measure" "$runs" "$drop" "$cd && dsv check main")"
row 'check, seen before' "$("$measure" "$runs" "$cd && dsv check main" \
	"$cd && dsv check main")"
row 'diff, seen before' "$("$measure" "$runs" "$cd && dsv diff --summary main HEAD" \
	"$cd && dsv diff --summary main HEAD")"
