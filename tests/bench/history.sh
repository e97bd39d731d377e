#!/bin/sh
# Blame, changelog, merge and apply, measured against the targets of
# docs/design.md, beside bench.sh and with its data.
#
#	history.sh BUILD      (make bench)
#
# ROWS (1000000), COMMITS (100), STEPS (1000) and RUNS (3) make it smaller or
# larger. Repositories are made once under $BUILD/bench and used again.
set -eu

build=$(cd "$1" && pwd)
work=$build/bench
rows=${ROWS:-1000000}
commits=${COMMITS:-100}
steps=${STEPS:-1000}
runs=${RUNS:-3}
table=$work/table-$rows
PATH=$build:$PATH
export PATH HOME="$work" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.org
export GIT_CEILING_DIRECTORIES="$work"
mkdir -p "$work"
gen=$build/tests/bench/gen
measure=$build/tests/bench/measure
if ! [ -f "$table/done" ]; then
	mkdir -p "$table"
	"$gen" table "$table" "$rows" 10
	: >"$table/done"
fi

timed()
{
	"$measure" "$runs" "$1" "$2"
}

once()
{
	"$measure" 1 '' "$1"
}

# row NAME TARGET "MS MB" "MS MB": dsv's figures, then the peer's
row()
{
	echo "$1|$2|$3|$4" | awk -F'|' '{
		if (split($3, own, " ") < 2 || split($4, peer, " ") < 2) {
			printf "%-38s FAILED\n", $1
			exit
		}
		ratio = own[1] / peer[1]
		printf "%-38s %9.1f %6.0f %10.1f %6s %8.4f  %-6s %s\n", $1, \
			own[1], own[2], peer[1], peer[2], ratio, $2, \
			ratio <= $2 ? "ok" : "MISSED"
	}'
}

# define NAME: a dsv repository whose t.csv is known
define()
{
	rm -rf "$work/$1"
	mkdir "$work/$1"
	cd "$work/$1"
	dsv init >/dev/null
	mkdir -p .dsv
	printf 'version: 1\ndatasets:\n  - name: table\n    files: ["t.csv"]\n    key: [id]\n    labels: [sentiment]\n' >.dsv/datasets.yaml
	echo 't.csv filter=dsv diff=dsv merge=dsv -text' >.gitattributes
	dsv add .dsv .gitattributes
	dsv commit -q -m setup >/dev/null
}

# Relabel about one row in a thousand: update NUMBER FILE
update()
{
	awk -F, -v c="$1" 'BEGIN { split("pos neg neutral", l, " ")
			print "id,sentiment" }
		/^r[0-9]+,/ && ++n % 1000 == (c * 37) % 1000 {
			print $1 "," l[(c + n) % 3 + 1] }' "$2"
}

ten_versions()
{
	define ten
	git init -q "$work/ten-git"
	for v in 01 02 03 04 05 06 07 08 09 10; do
		cp "$table/v$v.csv" t.csv
		dsv add t.csv
		dsv commit -q -m "v$v" >/dev/null
		cp "$table/v$v.csv" "$work/ten-git/t.csv"
		git -C "$work/ten-git" add t.csv
		git -C "$work/ten-git" commit -q -m "v$v"
	done
	git -C "$work/ten-git" gc -q
	: >.git/bench-done
}

many_commits()
{
	define hundred
	cp "$table/v01.csv" t.csv
	dsv add t.csv
	dsv commit -q -m first >/dev/null
	for c in $(seq "$commits"); do
		update "$c" "$table/v01.csv" >"$work/update.csv"
		dsv apply "$work/update.csv" --to t.csv >/dev/null
		dsv commit -qam "relabel $c" >/dev/null
	done
	: >.git/bench-done
}

# A 1 MB table with small commits, as a stream for git fast-import.
small_stream()
{
	awk -v steps="$steps" 'BEGIN {
		n = 10000
		split("pos neg neutral", l, " ")
		for (i = 1; i <= n; i++) {
			text[i] = sprintf(",%060d some words of row %d,", i * 7919 % 104729, i)
			label[i] = 1 + i % 3
		}
		for (c = 1; c <= steps; c++) {
			for (k = 0; k < 10; k++) {
				i = 1 + (c * 7919 + k * 104729) % n
				label[i] = 1 + label[i] % 3
			}
			body = "id,text,sentiment\n"
			out = ""
			for (i = 1; i <= n; i++)
				out = out sprintf("r%06d%s%s\n", i, text[i], l[label[i]])
			body = body out
			printf "commit refs/heads/main\nauthor Bench <b@example.org> %d +0000\ncommitter Bench <b@example.org> %d +0000\ndata 7\nstep %02d\n", \
				1700000000 + c * 3600, 1700000000 + c * 3600, c % 100
			printf "M 100644 inline t.csv\ndata %d\n%s\n", length(body), body
		}
	}'
}

small_commits()
{
	rm -rf "$work/plain"
	git init -q -b main "$work/plain"
	cd "$work/plain"
	small_stream | git fast-import --quiet
	git checkout -q -f main
	define stored
	git -C "$work/plain" rev-list --reverse main | while read -r commit; do
		git -C "$work/plain" cat-file blob "$commit:t.csv" >t.csv
		dsv add t.csv
		dsv commit -q -m "step" >/dev/null
	done
	: >.git/bench-done
}

two_branches()
{
	define merging
	cp "$table/v01.csv" t.csv
	dsv add t.csv
	dsv commit -q -m first >/dev/null
	git tag first
	for side in 1 2; do
		dsv switch -q -c "side$side" >/dev/null 2>&1
		update "$((side * 5))" "$table/v01.csv" >"$work/update.csv"
		dsv apply "$work/update.csv" --to t.csv >/dev/null
		dsv commit -qam "side $side" >/dev/null
		dsv switch -q --detach first >/dev/null 2>&1
	done
	: >.git/bench-done
}

[ -f "$work/ten/.git/bench-done" ] || ten_versions
[ -f "$work/hundred/.git/bench-done" ] || many_commits
[ -f "$work/stored/.git/bench-done" ] || small_commits
[ -f "$work/merging/.git/bench-done" ] || two_branches

printf '%-38s %9s %6s %10s %6s %8s  %-6s\n' "$rows rows" \
	"dsv ms" MB "peer ms" MB ratio target
cd "$work/ten"
dsv blame --field sentiment t.csv >/dev/null
row "blame of a label, 10 versions / git" 0.03 \
	"$(timed '' 'dsv blame --field sentiment t.csv')" \
	"$(once "git -C $work/ten-git blame t.csv")"
cd "$work/hundred"
dsv blame --field sentiment t.csv >/dev/null
plain=$(timed '' 'dsv show HEAD:t.csv')
printf '  (the bytes alone, dsv show: %s ms, %s MB)\n' $plain
plain=$(timed '' "dsv show HEAD~$commits")
row "blame, $commits commits / printing them" 3 \
	"$(timed '' 'dsv blame --field sentiment t.csv')" "$plain"
lists="rm -rf .git/dsv/cache/changes"
diff=$(timed "$lists" 'dsv diff --stat HEAD~1 HEAD')
row "  without change lists / one diff" 100 \
	"$(once "$lists; dsv blame --field sentiment t.csv")" "$diff"

cd "$work/stored"
rm -rf .git/dsv/cache
cold=$(once 'dsv changelog >/dev/null')
peer=$(once "git -C $work/plain log --oneline -G,neg -- t.csv")
row "changelog, $steps stored, warm / log -G" 1 \
	"$(timed '' 'dsv changelog')" "$peer"
printf '  (cold: %s ms, %s MB)\n' $cold
cd "$work/plain"
rm -rf .git/dsv/cache
cold=$(once 'dsv changelog --key id --label sentiment')
row "changelog, $steps plain, warm / log -G" 1 \
	"$(timed '' 'dsv changelog --key id --label sentiment')" "$peer"
printf '  (cold: %s ms, %s MB)\n' $cold

cd "$work/merging"
diff=$(timed "$lists" 'dsv diff --stat first side1')
row "merge of two branches / one diff" 3 \
	"$(timed 'git reset -q --hard side1' 'git merge -q side2')" "$diff"
dsv switch -q --detach first
awk -F, 'BEGIN { print "id,sentiment" } /^r[0-9]+,/ && ++n % 100 == 0 {
	print $1 ",neg" }' "$table/v01.csv" >"$work/update.csv"
reading=$(timed "rm -rf .git/dsv/cache" 'dsv labels t.csv')
row "apply of 10,000 updates / reading" 4 \
	"$(timed "cp $table/v01.csv t.csv" "dsv apply $work/update.csv --to t.csv")" "$reading"
dsv restore t.csv >/dev/null
