#!/bin/sh
# The targets of docs/design.md, measured: dsv against git and DuckDB on the
# same data in the same run. Wall time of whole processes, medians.
#
#	bench.sh BUILD      (make bench)
#
# ROWS (1000000), FILES (20000) and RUNS (5) make it smaller or larger. Works
# in $BUILD/bench; the data is made once. DuckDB comes from npm where there is
# one; without it those rows show no ratio.
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$build/bench
rows=${ROWS:-1000000}
files=${FILES:-20000}
runs=${RUNS:-5}
table=$work/table-$rows
small=$work/files-$files
PATH=$build:$PATH
export PATH HOME="$work" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.org

mkdir -p "$work"
# It may lie in the work tree of the project's own repository.
GIT_CEILING_DIRECTORIES=$(cd "$work" && pwd -P)
export GIT_CEILING_DIRECTORIES
gen=$build/tests/bench/gen
measure=$build/tests/bench/measure

if ! [ -f "$table/done" ]; then
	mkdir -p "$table"
	"$gen" table "$table" "$rows" 10
	: >"$table/done"
fi
if ! [ -f "$small/done" ]; then
	mkdir -p "$small"
	"$gen" files "$small" "$files"
	: >"$small/done"
fi
duck=
if command -v node >/dev/null && command -v npm >/dev/null; then
	if ! [ -d "$work/node_modules/@duckdb/node-api" ]; then
		(cd "$work" && npm install --silent --no-audit --no-fund \
			@duckdb/node-api >/dev/null 2>&1) || true
	fi
	if [ -d "$work/node_modules/@duckdb/node-api" ]; then
		cp "$here/join.mjs" "$work/join.mjs"
		duck="node $work/join.mjs"
	fi
fi
[ -n "$duck" ] || echo "no DuckDB here: its ratios are left out" >&2

# row NAME TARGET "MS MB" "MS MB": dsv's figures, then the peer's ("- -": none)
row()
{
	echo "$1|$2|$3|$4" | awk -F'|' '{
		split($3, own, " "); split($4, peer, " ")
		ratio = peer[1] > 0 ? sprintf("%.3f", own[1] / peer[1]) : "-"
		verdict = peer[1] > 0 ? \
			(own[1] / peer[1] <= $2 ? "ok" : "MISSED") : "-"
		printf "%-34s %9.1f %6.0f %10s %6s %7s  %-6s %s\n", $1, \
			own[1], own[2], peer[1], peer[2], ratio, $2, verdict
	}'
}

median()
{
	sort -n | awk '{ ms[NR] = $1; if ($2 > mb) mb = $2 }
		END { print ms[int((NR + 1) / 2)], mb }'
}

timed()
{
	"$measure" "$runs" "$1" "$2"
}

fresh_dsv()
{
	rm -rf "$work/dsv"
	mkdir "$work/dsv"
	cd "$work/dsv"
	dsv init >/dev/null
	mkdir .dsv
	printf 'version: 1\ndatasets:\n  - name: table\n    files: ["t.csv"]\n    key: [id]\n    labels: [sentiment]\n' >.dsv/datasets.yaml
	echo 't.csv filter=dsv diff=dsv merge=dsv -text' >.gitattributes
	dsv add .dsv .gitattributes
	dsv commit -q -m setup >/dev/null
	cd - >/dev/null
}

fresh_git()
{
	rm -rf "$work/git"
	git init -q "$work/git"
	git -C "$work/git" commit -q --allow-empty -m setup
}

dsv_commit="cd $work/dsv && dsv add t.csv && dsv commit -m v"
git_commit="cd $work/git && git add t.csv && git commit -q -m v"
printf '%-34s %9s %6s %10s %6s %7s  %-6s\n' "$rows rows, $files files" \
	"dsv ms" MB "peer ms" MB ratio target

: >"$work/own"
: >"$work/peer"
for run in $(seq "$runs"); do
	fresh_dsv
	cp "$table/v01.csv" "$work/dsv/t.csv"
	"$measure" 1 '' "$dsv_commit" >>"$work/own"
	fresh_git
	cp "$table/v01.csv" "$work/git/t.csv"
	"$measure" 1 '' "$git_commit" >>"$work/peer"
done
row "first add + commit" 0.25 "$(median <"$work/own")" "$(median <"$work/peer")"

: >"$work/own"
: >"$work/peer"
for v in 02 03 04 05 06 07 08 09 10; do
	cp "$table/v$v.csv" "$work/dsv/t.csv"
	"$measure" 1 '' "$dsv_commit" >>"$work/own"
	cp "$table/v$v.csv" "$work/git/t.csv"
	"$measure" 1 '' "$git_commit" >>"$work/peer"
done
row "add + commit of the next version" 0.10 "$(median <"$work/own")" \
	"$(median <"$work/peer")"

own=$(cat "$work/dsv/.git/dsv/packs/"* | wc -c)
cache=$(find "$work/dsv/.git/dsv/cache" -type f -exec cat {} + | wc -c)
git -C "$work/git" gc -q
peer=$(cat "$work/git/.git/objects/pack/"*.pack | wc -c)
row "store after 10 versions (MB)" 1.10 \
	"$(echo "$own" | awk '{ print $1 / 1e6, 0 }')" \
	"$(echo "$peer" | awk '{ print $1 / 1e6, 0 }')"
echo "  (caches beside it: $((cache / 1000000)) MB)"

# restore the trees, then extra versions on top: shuffled, one more column
cd "$work/dsv"
last=$(git rev-parse HEAD)
for name in shuffled column; do
	cp "$table/$name.csv" t.csv
	dsv add t.csv
	dsv commit -m "$name" >/dev/null
	git tag -f "$name" >/dev/null
	dsv switch --detach "$last" >/dev/null 2>&1
done
git tag -f last "$last" >/dev/null
dsv switch main >/dev/null 2>&1 || dsv switch master >/dev/null 2>&1 || true

drop="rm -rf $work/dsv/.git/dsv/cache"
lists="rm -rf $work/dsv/.git/dsv/cache/changes"
none='- -'
pair()	# pair NAME TARGET PREPARE DSV-REVS FILE-A FILE-B
{
	own=$(timed "$3" "cd $work/dsv && dsv diff $4")
	peer=$none
	[ -z "$duck" ] || peer=$(timed '' "$duck $5 $6 id")
	row "$1" "$2" "$own" "$peer"
}
pair "diff of neighbours" 0.03 '' 'last~1 last' "$table/v09.csv" "$table/v10.csv"
pair "diff of any two, no change list" 0.08 "$lists" 'last~6 last~2' \
	"$table/v04.csv" "$table/v08.csv"
pair "diff of neighbours, no list" 0.08 "$lists" 'last~1 last' \
	"$table/v09.csv" "$table/v10.csv"
pair "diff of neighbours, no cache at all" 0.08 "$drop" 'last~1 last' \
	"$table/v09.csv" "$table/v10.csv"
pair "diff of any two, no cache at all" 0.08 "$drop" 'last~6 last~2' \
	"$table/v04.csv" "$table/v08.csv"
pair "diff after a shuffle" 0.7 "$drop" 'last shuffled' \
	"$table/v10.csv" "$table/shuffled.csv"
pair "diff with a column added" 0.7 "$drop" 'last column' \
	"$table/v10.csv" "$table/column.csv"
own=$(timed '' "dsv diff --no-index $table/v01.csv $table/v02.csv --key id --label sentiment")
peer=$none
[ -z "$duck" ] || peer=$(timed '' "$duck $table/v01.csv $table/v02.csv id")
row "diff --no-index (memory 0.6)" 0.4 "$own" "$peer"

own=$(timed "cd $work/dsv && dsv switch -q --detach last" \
	"cd $work/dsv && dsv switch -q --detach last~3")
peer=$(timed "cd $work/git && git checkout -q --detach master 2>/dev/null || git checkout -q --detach main" \
	"cd $work/git && git checkout -q --detach HEAD~3")
row "checkout of another version" 0.5 "$own" "$peer"
own=$(timed "cd $work/dsv && git checkout -q --detach last" \
	"cd $work/dsv && git checkout -q --detach last~3")
row "  the same by git checkout" 1 "$own" "$peer"

small_dsv="cd $work/sd && dsv init >/dev/null && echo 'data/** filter=dsv diff=dsv merge=dsv -text' >.gitattributes && mkdir data && cp -r $small/. data && rm -f data/done && sync"
small_git="git init -q $work/sg && cd $work/sg && mkdir data && cp -r $small/. data && rm -f data/done && sync"
own=$(timed "rm -rf $work/sd && mkdir $work/sd && $small_dsv" \
	"cd $work/sd && dsv add . && dsv commit -m all")
peer=$(timed "rm -rf $work/sg && $small_git" \
	"cd $work/sg && git add . && git commit -q -m all")
row "add + commit of small files" 0.25 "$own" "$peer"
sync
sleep 2
(cd "$work/sd" && git status >/dev/null && dsv status >/dev/null)
own=$(timed '' "cd $work/sd && dsv status")
peer=$(timed '' "cd $work/sd && git status")
row "status, nothing changed" 1.2 "$own" "$peer"
