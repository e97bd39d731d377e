# Six real merges of prompts-csv, by git merge with the driver: the conflicts
# are those of expected.json, and so is what was merged.
. "$(dirname "$0")/lib.sh"

data=${DSV_DATA:-$top/../shared/data}/prompts-csv
repo=$work
if ! [ -f "$data/expected.json" ] || ! command -v jq >/dev/null; then
	skip 'real merges' 'no real data (set DSV_DATA), or no jq'
	finish
	exit
fi

new_repo r
(
	cd "$repo" || exit
	cp "$data/merges/m01/base.csv" prompts.csv
	dsv track prompts.csv --key act --yes >/dev/null 2>&1
	dsv commit -q -m Start
	git tag start
)
# merge NAME: 0 merged, 1 with conflicts
merge()
{
	git reset -q --hard start &&
		cp "$data/merges/$1/base.csv" prompts.csv &&
		git commit -q --allow-empty -am base && git tag -f base >/dev/null &&
		cp "$data/merges/$1/theirs.csv" prompts.csv &&
		git commit -q --allow-empty -am theirs &&
		git tag -f theirs >/dev/null && git reset -q --hard base &&
		cp "$data/merges/$1/ours.csv" prompts.csv &&
		git commit -q --allow-empty -am ours || return 3
	git merge -q -m merged theirs >/dev/null 2>&1
}
expected()
{
	jq -r ".merges.$1.$2" "$data/expected.json"
}
keys()
{
	dsv conflicts --json | jq -r 'select(.type == "conflict") | .key[0]' |
		sort -u
}
for name in m01 m02 m03 m04 m05 m06; do
	test_that "$name has exactly the conflicts that it has" '
		merge $name
		keys >../have
		expected $name "conflict_keys[]" | sort -u >../want
		diff -u ../want ../have
	'
done
# those whose keys stand once
for name in m01 m03 m04; do
	test_that "$name holds the records of both" '
		merge $name && git diff --quiet &&
		[ "$(dsv diff --json base HEAD |
			jq "select(.type == \"summary\").records_to")" = \
			"$(expected $name merged_keys)" ]
	'
done
finish
