# The gate's answers: each requirement, in each state, in its words.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-govern.sh"

new_governed r
cd "$repo" || exit 3

refused() { run 1 dsv check "$@" && out_has 'refused: '; }
passes() { run 0 dsv check "$@" && out_has 'passed: '; }
change() { forget && branch "$1" && relabel 1 neg && save 'One more neg'; }

# shown_is NAME: keys, and so commits, are new each time
shown_is()
{
	sed -i 's/@[0-9a-f]\{7\}/@COMMIT/' "$work/out" && out_is "$1"
}

# -- what is judged

test_that 'a change that lacks a sign-off, in text' '
	change text && refused && shown_is check_refused
'
test_that 'and one that has all, in text' '
	DSV_NOW=1740787200 approved_by privacy-b && passes && shown_is check_passed
'
test_that 'in JSON, each line is an object of a known type' '
	run 0 dsv check --json && out_has "\"schema\":\"dsv.check/1\"" &&
	out_has "\"requirement\":\"sign-off\",\"name\":\"privacy\",\"answer\":\"ok\",\"found\":\"Privacy B\",\"next\":null,\"policy_line\":4" &&
	out_has "{\"type\":\"summary\",\"passed\":true,\"missing\":0,\"errors\":0}"
'

test_that 'files beside it: Markdown, JUnit and JSON' '
	forget && run 1 dsv check --write "$work/v.md" --write "$work/v.xml" \
		--write "$work/v.json" && same_as golden/check_md "$work/v.md" &&
	same_as golden/check_junit "$work/v.xml" &&
	run 1 dsv check --json && cmp "$work/out" "$work/v.json" &&
	run 2 dsv check --write v.txt && err_has "ends neither in .md" &&
	[ ! -e v.txt ]
'
if command -v xmllint >/dev/null; then
	test_that 'the JUnit file is XML' 'xmllint --noout "$work/v.xml"'
elif command -v python3 >/dev/null; then
	test_that 'the JUnit file is XML' '
		python3 -c "import sys, xml.dom.minidom as m
m.parse(sys.argv[1])" "$work/v.xml"
	'
else
	skip 'the JUnit file is XML' 'neither xmllint nor python3'
fi
test_that 'a folder that is not there is said, and nothing half' '
	run 3 dsv check --write nowhere/v.md && err_has "nowhere/v.md"
'

test_that 'a change that touches no data has nothing to judge' '
	forget && branch readme && lines README hello && save "Readme" && passes &&
	out_has "nothing to judge"
'

test_that 'the target itself is judged as a whole' '
	git switch -q main && refused && out_has "refused: main as it stands" &&
	out_has "1 sign-off by" && run 1 dsv check main
'

test_that 'a branch, a commit with --target, and what was fetched' '
	change named && refused main && refused refs/heads/main &&
	refused --target main $(git rev-parse main) &&
	git update-ref refs/remotes/origin/main main && refused origin/main &&
	git switch -q --detach && refused main && out_has "into main" &&
	run 1 dsv check main --head named && out_has "refused: named into main" &&
	git update-ref -d refs/remotes/origin/main
'

test_that 'a branch that is not there is told with what helps' '
	run 3 dsv check nowhere && err_has "no branch '\''nowhere'\'' is here" &&
	err_has "dsv check COMMIT --target BRANCH" &&
	run 3 dsv check --head nowhere
'

test_that 'a branch of which the policy asks nothing' '
	git branch -f play main && run 0 dsv check play && says \
		"n/a policy the policy asks nothing of '\''play'\''" && out_has "ok" &&
	git branch -qD play
'

test_that 'several datasets: those that the change touches, each by its own words' '
	git switch -q main && lines toys.csv id,kind 1,car 2,doll &&
	dsv track toys.csv --name toys --key id --label kind >/dev/null &&
	policy "sign-off: {role: privacy, datasets: [reviews]}" \
		"sign-off: {role: audit, datasets: [toys]}" && save "Toys" &&
	change one && refused && out_has "missing   privacy" &&
	out_lacks "toys" && lines toys.csv id,kind 1,car 2,doll 3,ball &&
	save "A ball" && refused && says "missing audit 1 sign-off by '\''audit'\''" &&
	out_has "2 of 4 requirements missing"
'

test_that 'a new dataset is judged, a removed one is for those who govern' '
	forget && branch new && lines more.csv id,l 1,x &&
	dsv track more.csv --name more --key id --label l >/dev/null && save "More" &&
	passes && out_has "more  snapshot" && branch gone && git rm -q toys.csv &&
	sed -i "/name: toys/,\$d" .dsv/datasets.yaml &&
	{ grep -q toys .dsv/datasets.yaml && sed -i "/toys/,\$d" .dsv/datasets.yaml; true; } &&
	policy "sign-off: {role: privacy, datasets: [reviews]}" &&
	save "No toys" && refused &&
	says "missing governance '\''.dsv/policy.yaml'\'' changes; 0 of 2 sign-offs" &&
	out_has "next: dsv signoff approve --role governance" &&
	approved_by gov-d --role governance &&
	approved_by gov-e --role governance && passes
'

# -- data

test_that 'doubled keys and ragged rows are errors, and nothing sets them aside' '
	forget && branch unsound && echo "1,again,pos" >>reviews.csv &&
	echo "11,short" >>reviews.csv && save "Unsound" && refused &&
	says "error data" && out_has "reviews.csv:" && says "doubled key" &&
	says "ragged row"
'

test_that 'content that is not here is an error' '
	git clone -q -b unsound "$repo" "$work/empty" 2>/dev/null; cd "$work/empty" &&
	git fetch -q origin main:main && run 1 dsv check && out_has "error" &&
	cd "$repo"
'

# -- sign-offs

test_that 'two are asked for, and one has signed' '
	rules "sign-off: {role: privacy, count: 2}" && change two &&
	approved_by privacy-b && refused &&
	says "2 sign-offs by '\''privacy'\'', so far Privacy B" &&
	approved_by privacy-c && passes && out_has "Privacy B, Privacy C"
'

test_that 'an unsigned commit asks for two where an author may not approve' '
	rules "sign-off: {role: privacy, not_author: true}" && forget &&
	branch unsigned && commits_of nobody && relabel 1 neg && save "By nobody" &&
	commits_of lead-a && approved_by privacy-b && refused &&
	says "since one commit is not signed by anybody known: $(git rev-parse \
		--short=7 HEAD) By nobody"
'

test_that 'a reject refuses until its author takes it back' '
	change reject && approved_by privacy-b && as privacy-c &&
	run 3 dsv signoff reject --no-push || run 1 dsv signoff reject --no-push &&
	err_has "needs a reason" &&
	dsv signoff reject --no-push --reason "no consent" >/dev/null && refused &&
	says "Privacy C rejected this: no consent" &&
	says "next: dsv signoff withdraw, by the same person" &&
	dsv signoff withdraw --no-push >/dev/null && passes
'

test_that 'a role that nobody holds is an error' '
	rules "sign-off: {role: safety}" && change nobody && refused &&
	says "error safety nobody holds the role '\''safety'\'' on '\''main'\''" &&
	says "next: dsv people add ID --role safety --key FILE"
'

test_that 'an old sign-off does not count any more' '
	rules "sign-off: {role: privacy, max_age: 90d}" && change old &&
	(DSV_NOW=1740787200 && export DSV_NOW && approved_by privacy-b) &&
	DSV_NOW=1740787200 && export DSV_NOW && passes &&
	DSV_NOW=1748649600 && refused &&
	says "Privacy B signed 91 days ago, at most 90 count" &&
	DSV_NOW=1748390400 && passes; unset DSV_NOW
'

checklist()
{
	mkdir -p .dsv/checklists
	lines .dsv/checklists/privacy.yaml 'version: 1' 'id: privacy' \
		'title: Privacy' 'questions:' '  - id: consent' \
		"    ask: $1"
}
answers()
{
	lines "$work/answers" 'version: 1' 'id: privacy' 'questions:' \
		'  - id: consent' "    answer: $1"
}
test_that 'a checklist: answers that pass, that do not, and those of another version' '
	git switch -q main && checklist "Is there consent?" &&
	policy "sign-off: {role: privacy, checklist: privacy}" && save "Checklist" &&
	change listed && answers no &&
	approved_by privacy-b --checklist "$work/answers" && refused &&
	says "Privacy B answered '\''no'\'' to question '\''consent'\''" && answers yes &&
	(DSV_NOW=1740787200 && export DSV_NOW &&
		approved_by privacy-b --checklist "$work/answers") && passes &&
	git switch -q main && checklist "Is there consent of all?" &&
	save "Other words" && git switch -q listed && git merge -q --no-edit main &&
	refused && says "Privacy B answered another version of checklist '\''privacy'\''"
'

# -- guideline, labels, disjoint, scan, override

guide()
{
	mkdir -p guidelines
	lines guidelines/tone.md --- 'id: tone' "version: $1" "status: $2" \
		'effective: 2025-01-01' --- '# Tone' '' '| label | definition |' \
		'|---|---|' "| pos | $3 |" '| neg | all other |' '' \
		'| example | label | rule |' '|---|---|---|' '| Lovely | pos | |' \
		'| Awful | neg | |'
}
test_that 'guideline: none named, not active, labels that it does not define' '
	rules "guideline: {active: true, labels_subset: true}" && change guided &&
	refused && says "missing guideline the dataset names no guideline" &&
	git switch -q main && guide 1.0.0 draft "the writer is glad" &&
	sed -i "/name: reviews/,/labels/s/^\( *\)key: .*/&\n\1guideline: tone/" \
		.dsv/datasets.yaml && save "A draft" && change guided && refused &&
	says "tone@1.0.0 is draft, not active" && git switch -q main &&
	guide 1.0.1 active "the writer is glad" && save "Active" && change guided &&
	passes && says "ok guideline tone@1.0.1 is active, 2 of 2 labels defined" &&
	relabel 2 odd && save "Odd" && refused &&
	says "2 of 3 labels defined; not '\''odd'\''"
'
test_that 'guideline: of the change, not of the target' '
	change ahead && guide 1.1.0 active "the writer is glad or proud" &&
	save "1.1" && refused &&
	says "the data stands under tone@1.1.0, '\''main'\'' has 1.0.1" &&
	says "next: bring the guideline in a change of its own, first"
'
test_that 'guideline: records that are stale' '
	rules "guideline: {stale: 0}" && guide 2.0.0 active "the writer says so" &&
	save "2.0" && change stale && refused && says "records are stale (at most 0)" &&
	says "next: dsv guideline stale tone"
'

test_that 'labels: too few, and too many lost' '
	rules "labels: {each_at_least: 4, drop_at_most: \"20%\"}" && change labels &&
	passes && says "ok labels 2 labels" && relabel 3 neg && relabel 5 neg &&
	save "Fewer" && refused && says "'\''pos'\'' stands at 2 records (needs 4)" &&
	says "loses 60.0% of its records (at most 20%)" || says "'\''pos'\'' loses"
'
test_that 'labels: of every column that has labels' '
	git switch -q main && lines two.csv id,a,b 1,x,p 2,x,q 3,x,p 4,x,q &&
	dsv track two.csv --name two --key id --label a --label b >/dev/null &&
	save "Two columns" && rules "labels: {each_at_least: 2, datasets: [two]}" &&
	forget && branch columns && echo 5,x,odd >>two.csv && save "Odd" && refused &&
	says "'\''odd'\'' of b stands at 1 record (needs 2)"
'
test_that 'labels: one that is gone has lost all' '
	rules "labels: {drop_at_most: \"20%\"}" && forget && branch all &&
	sed -i s/pos/neg/ reviews.csv && save "All neg" && refused &&
	says "'\''pos'\'' loses 100"
'

test_that 'disjoint: shared keys, also with a dataset that stands as it was' '
	rules "disjoint: {datasets: [reviews, toys]}" && change joint && refused &&
	says "missing disjoint 2 records of '\''toys'\'' have a key of another, '\''1'\'' the first: reviews, toys" &&
	sed -i "s/^\([0-9]\)/r\1/" reviews.csv && save "Keys apart" && passes &&
	says "ok disjoint no key shared by reviews, toys"
'
test_that 'disjoint: a dataset that is gone or has no key is no proof' '
	sed -i "/name: reviews/,/labels/{/key:/d}" .dsv/datasets.yaml && save "No key" &&
	refused && says "error disjoint dataset '\''reviews'\'' has no key"
'

test_that 'scan: findings, and none' '
	rules "scan: {undecided: 0}" && change scan && passes &&
	says "ok scan no findings" && sed -i "s/text 3/joe@example.com/" reviews.csv &&
	save "Mail" && refused && says "missing scan 1 finding without a decision (email 1)" &&
	says "next: dsv scan --show" && run 1 dsv check --no-scan &&
	says "missing scan left out"
'
test_that 'scan: at most so many' '
	rules "scan: {undecided: 1}" && git switch -q scan &&
	git merge -q --no-edit main && passes && says "1 finding, 1 without a decision"
'

test_that 'override: with a reason, of all that the policy misses' '
	rules "sign-off: {role: privacy}" "override: {role: governance}" &&
	change set-aside && approved_by gov-d --role governance --override \
		--reason "the deadline" && passes && says "overridden privacy" &&
	says "ok override Governor D: the deadline" &&
	run 0 dsv check --json && out_has "\"answer\":\"overridden\"" &&
	dsv check --write "$work/o.xml" >/dev/null && has "$work/o.xml" "<skipped"
'

# -- where

test_that 'merge main first' '
	rules "sign-off: {role: privacy}" && change behind && git switch -q main &&
	relabel 9 neg && save "Main goes on" && git switch -q behind && refused &&
	says "missing current '\''main'\'' changed this dataset since this branch left it" &&
	out_has "next: dsv merge main" && git merge -q --no-edit main && refused &&
	out_lacks "current"
'
test_that 'the rules of the target went on' '
	forget && branch rules-behind && policy "sign-off: {role: audit}" &&
	save "Mine" && rules "sign-off: {role: privacy, count: 2}" &&
	git switch -q rules-behind && refused &&
	says "'\''main'\'' changed its rules since this branch left it" &&
	out_has "next: dsv merge main" && git switch -q main
'

test_that 'a shallow clone says how it becomes whole' '
	git switch -q behind && git clone -q --depth 1 -b behind "file://$repo" \
		"$work/shallow" 2>/dev/null; cd "$work/shallow" &&
	git fetch -q --depth 1 origin main:refs/remotes/origin/main &&
	run 1 dsv check main && says "error history" &&
	says "next: git fetch --unshallow" && cd "$repo"
'

test_that 'a bare repository' '
	git clone -q --bare "$repo" "$work/bare.git" && cp -r .git/dsv/. \
		"$work/bare.git/dsv" && cd "$work/bare.git" &&
	git symbolic-ref HEAD refs/heads/main && run 1 dsv check --head behind &&
	out_has "refused: behind into main" && out_has "missing   privacy" &&
	cd "$repo"
'

test_that 'without a policy the data is judged all the same' '
	new_repo plain; cd "$work/plain" && reviews pos neg >reviews.csv &&
	dsv track reviews.csv --key id --label label >/dev/null && save "First" &&
	git switch -qc b && relabel 1 neg && save "One" && run 0 dsv check &&
	says "n/a policy '\''main'\'' has no policy: only sound data is asked for" &&
	says "ok data 2 records" && echo "1,x,pos" >>reviews.csv && save "Twice" &&
	run 1 dsv check && says "error data"; status=$?; repo=$work/r; cd "$repo"
	return $status
'
repo=$work/r

finish
