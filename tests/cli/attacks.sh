# Every way round the gate that we could think of, and the words that refuse it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-govern.sh"

new_governed r
cd "$repo" || exit 3
root=$(git rev-parse main)

refused() { run 1 dsv check "$@" && out_has 'refused: '; }
passes() { run 0 dsv check "$@" && out_has 'passed: '; }

# change NAME: a branch with one record relabelled, and no statements
change()
{
	forget
	as lead-a && commits_of lead-a && branch "$1" && relabel 1 neg &&
		save 'One more neg'
}

# changed: change, approved by privacy-b; the statement in $work/doc
changed() { change "$1" && approved_by privacy-b && last && forget; }

test_that 'what is asked passes, and nothing less' '
	change plain && refused && says "1 sign-off by '\''privacy'\''" &&
	approved_by privacy-b && passes
'

# -- the rules in the change

test_that 'a change that adds its own key and role is judged without them' '
	change own-key && dsv people add mallory --role privacy --key "$work/other.pub" \
		>/dev/null && save "Mallory" && refused &&
	says ".dsv/people.yaml'\'' and data of '\''reviews'\'' change together"
'

test_that 'a sign-off by a key that only the change knows does not count' '
	changed stranger && sed -i s/privacy-b/mallory/ "$work/doc" &&
	put "$work/doc" other && refused &&
	says "signed by a key that nobody holds" && as lead-a && dsv people add mallory --role privacy --key "$work/other.pub" \
		>/dev/null && save "Mallory" && refused
'

test_that 'a change that weakens the policy is judged by the strong one' '
	change weaker && policy "scan: {undecided: 9}" && save "Weaker" &&
	refused && says "1 sign-off by '\''privacy'\''" &&
	says "bring '\''.dsv/policy.yaml'\'' in a change of its own"
'

test_that 'a weaker policy alone needs those who govern' '
	forget && branch weaker-alone && policy "scan: {undecided: 9}" &&
	save "Weaker" && refused && says "0 of 2 sign-offs by '\''governance'\''" &&
	approved_by gov-d --role governance && refused &&
	says "1 of 2 sign-offs" &&
	approved_by gov-e --role governance && passes
'

test_that 'a change that removes the policy needs them too' '
	forget && branch no-policy && git rm -q .dsv/policy.yaml &&
	save "No policy" && refused && says "'\''.dsv/policy.yaml'\'' changes"
'

test_that 'a policy that is a symlink or a submodule is refused' '
	forget && branch link && ln -sf people.yaml .dsv/policy.yaml &&
	save "Link" && refused && says "'\''.dsv/policy.yaml'\'' is not a file" &&
	branch module && git rm -q --cached .dsv/policy.yaml &&
	git update-index --add --cacheinfo "160000,$root,.dsv/policy.yaml" &&
	tick && git commit -q --no-verify -m "Module" && refused &&
	git rm -q --cached .dsv/policy.yaml && rm -f .dsv/policy.yaml &&
	git reset -q --hard main
'

test_that 'rules that differ from the path in case are no rules' '
	change case && mkdir -p .DSV && cp .dsv/policy.yaml .DSV/Policy.yaml &&
	cp .dsv/people.yaml .dsv/People.yaml &&
	echo "# mine" >>.dsv/People.yaml && save "Case" && refused &&
	says "1 sign-off by '\''privacy'\''" && approved_by privacy-b && passes
'

test_that 'rules that nobody could fulfil do not get onto the target' '
	forget && branch nobody && policy "sign-off: {role: astronaut}" &&
	save "Nobody" && refused &&
	says ".dsv/policy.yaml:4: nobody holds the role '\''astronaut'\''" &&
	policy "sign-of: {role: privacy}" && save "Word" && refused &&
	says "requirement '\''sign-of'\'' is not known" &&
	says "did you mean '\''sign-off'\''"
'

test_that 'rules that were approved once cannot be brought back' '
	forget && as lead-a && branch enrol &&
	dsv people add mallory --role privacy --key "$work/other.pub" \
		>/dev/null && save "Mallory" &&
	approved_by gov-d --role governance &&
	approved_by gov-e --role governance && passes &&
	git switch -q main && git merge -q --no-verify enrol &&
	cp .dsv/people.yaml "$work/people" && sed -i "/id: mallory/,\$d" \
		.dsv/people.yaml && save "Mallory leaves" &&
	branch again && cp "$work/people" .dsv/people.yaml && save "Again" &&
	refused && says "0 of 2 sign-offs by '\''governance'\''" &&
	says "signed when '\''main'\'' had other rules" && git switch -q main
'

test_that 'a tag of the name of a branch is not that branch' '
	forget && branch tagged && policy "scan: {undecided: 9}" && save "Weaker" &&
	git update-ref refs/remotes/origin/main main && git tag main HEAD &&
	git tag origin/main HEAD && relabel 1 neg && save "One" &&
	for name in main origin/main refs/heads/main; do
		refused "$name" && says "1 sign-off by '\''privacy'\''" || return 1
	done; git tag -d main origin/main >/dev/null 2>&1;
	git update-ref -d refs/remotes/origin/main
'

# -- the data after the sign-off

test_that 'a sign-off does not cover one more edit' '
	change later && approved_by privacy-b && relabel 2 pos &&
	relabel 3 neg && relabel 4 pos && save "More" && refused &&
	last && id=$(sed "s/.*\[{\"digest\":{\"sha256\":\"\(........\).*/\1/" \
		"$work/doc") &&
	says "Privacy B signed $id, 3 records changed since" && says "next: dsv review"
'

test_that 'an evil merge is another snapshot' '
	change good && approved_by privacy-b && passes &&
	git switch -qC evil main && git merge -q --no-ff --no-commit good &&
	relabel 5 neg && git add reviews.csv && tick &&
	git commit -q --no-verify -m "Merge good" && refused &&
	says "Privacy B signed" && says "1 record changed since" &&
	run 1 dsv check main~0 --target main --head evil && git switch -q main
'

test_that 'where the target went on with the same dataset, it is merged first' '
	change behind && approved_by privacy-b && git switch -q main &&
	relabel 9 neg && save "Main goes on" && git switch -q behind &&
	refused && says "'\''main'\'' changed this dataset since" &&
	says "next: dsv merge main" && git switch -q main &&
	git reset -q --hard HEAD~1
'

test_that 'branches that merged each other are not judged by one of two bases' '
	change left && approved_by privacy-b && git branch -f base main &&
	git switch -qC right base && relabel 9 neg && save "Right" &&
	git switch -qC left2 left && git merge -q --no-edit right &&
	git switch -q right && git merge -q --no-edit left &&
	relabel 1 pos && save "Left is taken back" &&
	git switch -q left2 && lines note note && save "Note" &&
	refused --target left2 left2 --head right; git branch -f main left2 &&
	run 1 dsv check main --head right &&
	says "merged each other" && says "next: dsv merge main" &&
	git switch -q right && git branch -f main base
'

# -- statements of other things

test_that 'a statement of another repository is refused' '
	changed other-repo && sed -i "s/$root/$(echo "$root" | tr 0-9a-f 1-9a-f0)/" \
		"$work/doc" && put "$work/doc" privacy-b && refused &&
	says "Privacy B signed for another repository"
'

test_that 'a statement for another branch is refused' '
	changed other-branch && sed -i "s,refs/heads/main,refs/heads/play," \
		"$work/doc" && put "$work/doc" privacy-b && refused &&
	says "Privacy B signed for '\''refs/heads/play'\''"
'

test_that 'a statement for another dataset is refused' '
	changed other-set && sed -i "s/\"dataset\":\"reviews\"/\"dataset\":\"toys\"/" \
		"$work/doc" && put "$work/doc" privacy-b && refused &&
	says "Privacy B signed for dataset '\''toys'\''"
'

test_that 'a forged snapshot id, or place, is no sign-off' '
	changed forged && cp "$work/doc" "$work/doc2" &&
	sed -i "s/\(\"sha256\":\"\)......../\100000000/" "$work/doc2" &&
	put "$work/doc2" privacy-b && refused &&
	forget && rm "$work/doc2.sig" && ssh-keygen -q -Y sign -n dsv -f "$work/privacy-b" "$work/doc2" \
		2>/dev/null && place=$(sha256sum <"$work/doc" | cut -c 1-64) &&
	subject=$(sed "s/.*\"sha256\":\"\([0-9a-f]*\).*/\1/" "$work/doc") &&
	where=v1/$(echo $subject | cut -c 1-2)/$subject/sign-off/$place.json &&
	evidence_put $where "$work/doc2" $where.sig "$work/doc2.sig" && refused &&
	says "1 sign-off by '\''privacy'\''"
'

test_that 'a signature that git made is no sign-off' '
	changed namespace && put "$work/doc" privacy-b git && refused &&
	says "git" && put "$work/doc" privacy-b && refused; passes || {
		forget && put "$work/doc" privacy-b && passes; }
'

test_that 'a statement in the name of somebody else is refused' '
	changed name && put "$work/doc" privacy-c && refused &&
	says "signed by '\''privacy-c'\'', not by '\''privacy-b'\''"
'

test_that 'a role that the person does not hold does not count' '
	changed role && sed -i s/privacy-b/audit-f/ "$work/doc" &&
	put "$work/doc" audit-f && refused &&
	says "'\''audit-f'\'' does not hold the role '\''privacy'\''"
'

test_that 'a key that left the people of the target does not count' '
	change leaving && approved_by privacy-b && passes && git switch -q main &&
	sed -i "s#$(cut -d" " -f2 "$work/privacy-b.pub")#$(cut -d" " -f2 \
		"$work/other.pub")#" .dsv/people.yaml && save "Another key" && git switch -q leaving &&
	refused && says "signed by a key that nobody holds" &&
	git switch -q main && git reset -q --hard HEAD~1
'

# -- who wrote it

test_that 'an author does not approve, whatever his e-mail says' '
	forget && branch self && commits_of privacy-b && relabel 1 neg &&
	tick && git add . && GIT_AUTHOR_NAME="Lead A" \
	GIT_AUTHOR_EMAIL=lead-a@example.org GIT_COMMITTER_EMAIL=lead-a@example.org \
		git commit -q --no-verify -m "By Lead A" && commits_of lead-a &&
	approved_by privacy-b && refused &&
	says "Privacy B is an author of the change" &&
	approved_by privacy-c && passes
'

test_that 'with an unsigned commit one approver is not enough' '
	forget && branch unsigned && commits_of nobody && relabel 1 neg &&
	save "Who was it" && commits_of lead-a && approved_by privacy-b &&
	refused && says "2 sign-offs by '\''privacy'\'', so far Privacy B" &&
	says "Who was it" && approved_by privacy-c && passes
'

test_that 'nor with a commit whose signature is of other bytes' '
	forget && branch moved-signature && relabel 1 neg && save "Honest" &&
	git cat-file commit HEAD | sed "s/^Honest/Dishonest/" >"$work/commit" &&
	git reset -q --hard $(git hash-object -w -t commit "$work/commit") &&
	approved_by privacy-b && refused && says "2 sign-offs"
'

test_that 'one person with two keys is one person' '
	forget && branch two && commits_of nobody && relabel 1 neg &&
	save "Unsigned" && commits_of lead-a && git switch -q main &&
	dsv people add privacy-b --key "$work/other.pub" >/dev/null &&
	save "Two keys" && git switch -q two && approved_by privacy-b &&
	DSV_NOW=1740787200 approved_by other &&
	[ $(git ls-tree -r --name-only dsv-evidence |
		grep -c json$) = 2 ] && refused && says "so far Privacy B" &&
	git switch -q main && git reset -q --hard HEAD~1
'

# -- the evidence branch

test_that 'a rewound branch does not lose what was fetched before' '
	change rewound && approved_by privacy-b && as privacy-c &&
	dsv signoff reject --no-push --reason "no consent" >/dev/null &&
	refused && says "Privacy C rejected this: no consent" &&
	git update-ref refs/remotes/origin/dsv-evidence dsv-evidence &&
	git update-ref refs/heads/dsv-evidence dsv-evidence~1 && refused &&
	says "Privacy C rejected this" &&
	git update-ref -d refs/remotes/origin/dsv-evidence
'

test_that 'a reject that a plain commit deletes is missed, and still read' '
	change deleted && approved_by privacy-b && as privacy-c &&
	dsv signoff reject --no-push --reason "no consent" >/dev/null &&
	git branch -f keep dsv-evidence &&
	tree=$(git rev-parse "dsv-evidence~1^{tree}") &&
	git update-ref refs/heads/dsv-evidence $(git commit-tree -p keep -m gone \
		$tree) && refused &&
	says "2 statements were taken out of the evidence branch" &&
	says "Privacy C rejected this" && git branch -qD keep
'

test_that 'only who rejected takes that back' '
	change back && approved_by privacy-b && as privacy-c &&
	DSV_NOW=1740787200 dsv signoff reject --no-push --reason no \
		>/dev/null && last && cp "$work/doc" "$work/no" && approved_by privacy-c && refused &&
	says "Privacy C rejected this" &&
	sum=$(sha256sum <"$work/no" | cut -c 1-64) &&
	sed "s/\"decision\":\"reject\"/\"decision\":\"withdraw\"/;s/\"withdraws\":null/\"withdraws\":\"$sum\"/;s/privacy-c/privacy-b/" \
		"$work/no" >"$work/doc" && put "$work/doc" privacy-b && refused &&
	says "Privacy C rejected this" && as privacy-c &&
	dsv signoff withdraw --no-push $sum >/dev/null && passes
'

# -- the form of a statement

# misformed CLAIM SED-SCRIPT
misformed()
{
	script=$2
	test_that "$1" '
		changed form && sed "$script" "$work/doc" >"$work/doc2" &&
		! cmp -s "$work/doc" "$work/doc2" && put "$work/doc2" privacy-b &&
		refused && says "missing privacy 1 sign-off"
	'
}
misformed 'a name that stands twice' 's/"role":/"role":"x","role":/'
misformed 'a name in another case' 's/"decision":/"Decision":/'
misformed 'a name that is not known' 's/"reason":/"more":1,"reason":/'
misformed 'a kind that is not known' 's/urn:dsv:sign-off:1/urn:dsv:sign-on:1/'
misformed 'a version that is not known' 's/sign-off:1/sign-off:2/'
misformed 'an in-toto version that is not known' 's,Statement/v1,Statement/v2,'
misformed 'a second subject' 's/"subject":\[{/"subject":[{"digest":{}},{/'
misformed 'bytes behind the value' 's/$/ {}/'
misformed 'a second line' '$a {}'
misformed 'a NUL' 's/"reason":""/"reason":"\\u0000"/'
misformed 'a NUL as it is' 's/"reason":""/"reason":"\x00"/'
misformed 'NaN' 's/"findings":0/"findings":NaN/'
misformed 'a number below nothing' 's/"findings":0/"findings":-1/'
misformed 'bytes that are not UTF-8' 's/"reason":""/"reason":"\xff"/'
misformed 'a person who is no id' 's/privacy-b/Privacy B/'
misformed 'a time that is none' 's/"time":"[^"]*"/"time":"2025-02-30T00:00:00Z"/'

test_that 'escapes for terminals in a statement are shown, not sent' '
	changed escapes && sed "s/\"decision\":\"approve\",\"reason\":\"\"/\"decision\":\"reject\",\"reason\":\"red \\\\u001b[31m\\\\u009b1m\\\\u202e\"/" \
		"$work/doc" >"$work/doc2" && put "$work/doc2" privacy-b && refused &&
	says "Privacy B rejected this: red" &&
	dsv check --write v.md --write v.xml --write v.json --json >"$work/json"
	for shown in "$work/out" v.md v.xml v.json "$work/json"; do
		! LC_ALL=C grep -q "$(printf "\033")" $shown &&
		! LC_ALL=C grep -q "$(printf "\302\233")" $shown &&
		! LC_ALL=C grep -q "$(printf "\342\200\256")" $shown || return 1
	done; rm v.md v.xml v.json
'

test_that 'nor in the subject of a commit or the name of a label' '
	forget && branch esc && commits_of nobody && relabel 1 neg &&
	save "$(printf "x\033[31mred")" && commits_of lead-a && refused &&
	says "red" && ! grep -q "$(printf "\033")" "$work/out"
'

# -- time

test_that 'a sign-off from the time to come does not last' '
	rules "sign-off: {role: privacy, max_age: 30d}" &&
	changed future && now=$(date -u +%Y-%m-%dT%H:%M:%SZ) &&
	sed "s/\"time\":\"[^\"]*\"/\"time\":\"2999-01-01T00:00:00Z\"/" "$work/doc" \
		>"$work/doc2" && put "$work/doc2" privacy-b && refused &&
	says "signed at a time that is still to come, 2999-01-01" &&
	forget && sed "s/\"time\":\"[^\"]*\"/\"time\":\"2020-01-01T00:00:00Z\"/" \
		"$work/doc" >"$work/doc2" && put "$work/doc2" privacy-b && refused &&
	says "days ago, at most 30 count" && forget &&
	put "$work/doc" privacy-b && passes
'

# -- who may set the rest aside

test_that 'one of two overrides nothing, and neither does another role' '
	rules "sign-off: {role: privacy}" \
		"override: {role: governance, count: 2}" && change override &&
	approved_by privacy-b --role privacy --override --reason mine; refused &&
	approved_by gov-d --override --role governance --reason "deadline" &&
	refused && says "Governor D: deadline; 1 of 2 people" &&
	approved_by gov-e --override --role governance --reason "deadline" &&
	passes && says "overridden" &&
	says "Governor D, Governor E: deadline" && relabel 2 pos &&
	save "After it" && refused
'

# -- definitions

test_that 'a dataset of another name needs those who govern' '
	rules "sign-off: {role: privacy, datasets: [reviews]}" && forget &&
	branch renamed && sed -i "s/reviews:/opinions:/;s/name: reviews/name: opinions/" \
		.dsv/datasets.yaml && save "Renamed" && refused &&
	says "dataset '\''reviews'\'' is removed" ||
	{ cat .dsv/datasets.yaml; false; }
'

test_that 'a file that leaves its dataset, or a label that is another column, is signed for' '
	forget && branch moved && git mv reviews.csv out.csv &&
	lines reviews.csv "id,text,label" "1,text 1,pos" && save "Moved" && refused &&
	says "1 sign-off by '\''privacy'\''" && branch column &&
	sed -i "s/\blabel\b\(.*\)$/text\1/;s/labels: *\[label\]/labels: [text]/" \
		.dsv/datasets.yaml && git diff --quiet; sed -i "s/labels: .*/labels: [text]/" \
		.dsv/datasets.yaml && save "Another label" && refused &&
	says "1 sign-off by '\''privacy'\''"
'

test_that 'a file of two datasets is an error' '
	forget && branch twice && dsv track --help >/dev/null 2>&1;
	cat >>.dsv/datasets.yaml <<-EOF
	  - name: more
	    files: ["*.csv"]
	    key: [id]
	EOF
	save "Twice" && refused && says "reviews.csv" && says "error"
'

test_that 'a data file that is a symlink or a submodule is an error' '
	forget && branch symlink && rm reviews.csv && ln -s /etc/passwd reviews.csv &&
	save "Link" && refused && says "is a symlink, not a file" &&
	branch gitlink && git rm -q --cached reviews.csv && rm -f reviews.csv &&
	git update-index --add --cacheinfo "160000,$root,reviews.csv" && tick &&
	git commit -q --no-verify -m "Module" && refused &&
	says "is a submodule, not a file" && git reset -q --hard main
'

test_that 'plain bytes where the filter stands are an error' '
	forget && branch raw && relabel 1 neg &&
	blob=$(git hash-object -w --no-filters reviews.csv) &&
	git update-index --cacheinfo "100644,$blob,reviews.csv" && tick &&
	git commit -q --no-verify -m "Raw" && refused &&
	says "plain bytes" && says "reviews.csv" &&
	git reset -q --hard main
'

test_that 'also where they are the very bytes that the pointer names' '
	forget && branch raw-same && git switch -q main && git switch -q raw-same &&
	blob=$(git hash-object -w --no-filters reviews.csv) &&
	git update-index --cacheinfo "100644,$blob,reviews.csv" && tick &&
	git commit -q --no-verify -m "Raw" && git reset -q --hard && refused &&
	says "1 file is plain bytes where dsv" && says "next: dsv add" &&
	git reset -q --hard main
'

test_that 'attributes in a folder do not hide that' '
	forget && branch attributes && relabel 1 neg &&
	echo "*.csv -filter -diff -merge" >>.gitattributes && save "No filter" &&
	refused && says "1 sign-off by '\''privacy'\''"
'

# -- scan and guideline

# with_scan: main asks for a scan as well
with_scan()
{
	rules 'sign-off: {role: privacy, not_author: true}' \
		'scan: {undecided: 0}' && forget
}

test_that 'a card number in digits of full width is found' '
	with_scan && branch card && sed -i "s/text 3/card ４１１１ １１１１ １１１１ １１１１/" \
		reviews.csv && save "Card" && approved_by privacy-b && refused &&
	says "missing scan 1 finding without a decision (card 1)"
'

# ids: of the findings that are open
ids()
{
	dsv scan --show --json >"$work/json"
	sed -n 's/.*"finding":"\([0-9a-f]*\)".*/\1/p' "$work/json"
}
decide()
{
	for id; do
		dsv scan --decide "$id" --as accepted --reason mine >/dev/null
	done
}

test_that 'who decides his own findings needs somebody to sign that' '
	forget && branch decided && sed -i "s/text 3/mail joe@example.com/" \
		reviews.csv && id=$(ids) && save "Mail" && approved_by privacy-b --no-scan &&
	decide "$id" && save "Decided" &&
	refused && says "findings are decided, and nobody signed that" &&
	approved_by privacy-b && passes && out_has "1 finding, all decided"
'

test_that 'a decision that comes after the sign-off takes it away' '
	sed -i "s/text 4/mail jane@example.com/" reviews.csv && save "Jane" &&
	approved_by privacy-b && refused && says "1 finding without a decision" &&
	decide $(ids) && save "Jane is decided" && refused &&
	says "Privacy B signed over other findings of the scan"
'

test_that 'nor do decisions help that were merged before the data' '
	forget && branch ahead && sed -i "s/text 3/mail jack@example.com/" \
		reviews.csv && decide $(ids) && git checkout -q reviews.csv &&
	save "Decided ahead" && passes && out_has "nothing to judge" &&
	git switch -q main && git merge -q --no-edit ahead && branch after &&
	sed -i "s/text 3/mail jack@example.com/" reviews.csv && save "Jack" &&
	approved_by privacy-b --no-scan && refused &&
	says "findings are decided, and nobody signed that" &&
	approved_by privacy-b && passes
'

test_that 'nor is an old finding decided in passing' '
	forget && git switch -q main && sed -i "s/text 6/mail old@example.com/" \
		reviews.csv && save "Past the gate" && branch passing &&
	relabel 1 neg && decide $(ids) && save "In passing" &&
	approved_by privacy-b --no-scan && refused &&
	says "findings are decided, and nobody signed that" && forget &&
	approved_by privacy-b && passes && git switch -q main &&
	git reset -q --hard HEAD~1
'

guide()
{
	mkdir -p guidelines
	cat >guidelines/tone.md <<-EOF
		---
		id: tone
		version: $1
		status: active
		effective: 2025-01-01
		---
		# Tone

		| label | definition |
		|-------|------------|
		| pos   | $2 |
		| neg   | all other |

		| example | label | rule |
		|---------|-------|------|
		| Lovely! | pos | |
		| Awful!  | neg | |
	EOF
}

test_that 'a guideline edited under its version is refused' '
	git switch -q main && guide 1.0.0 "the writer is glad" &&
	sed -i "s/^\( *\)key: .*/&\n\1guideline: tone/" .dsv/datasets.yaml &&
	save "Guideline" && forget && branch edited &&
	guide 1.0.0 "the writer is glad or proud" && save "Edited" && refused &&
	says "guideline guidelines/tone.md" && says "version" &&
	approved_by privacy-b && refused
'

# -- audits (tests/cli/audit.sh has the ways round samples and results)

# audited [OPTION]...: audit-f draws and finds all labels right
audited()
{
	as audit-f && dsv audit start --no-push --sheet "$work/sheet.csv" "$@" &&
		sed -i '2,$s/,\([a-z]*\),,,$/,\1,\1,,/' "$work/sheet.csv" &&
		number=$(dsv audit list --json | sed -n 's/.*"number":\([0-9]*\).*/\1/p' |
			sort -n | tail -1) &&
		dsv audit finish --no-push --plan "$number" "$work/sheet.csv" \
		>"$work/log3" && rm "$work/sheet.csv"
}

test_that 'an audit of a part of the change does not count for all of it' '
	rules "audit: {sample: 2, accuracy_lower: \"0.1\", role: audit}" && change part &&
	relabel 2 pos && save "One more" && refused &&
	says "no audit of 2 records from what changed" && audited && passes &&
	git show "dsv-evidence~1:$(git ls-tree -r --name-only dsv-evidence~1 |
		grep "audit-plan.*json$")" >"$work/plan" && forget &&
	sed "s/\"base\":\"......../\"base\":\"00000000/" "$work/plan" >"$work/doc" &&
	put "$work/doc" audit-f && refused &&
	says "does not count: what changed since another state than that of '\''main'\''"
'

test_that 'where the label is another column, all records are other ones' '
	forget && branch other-label && sed -i "s/labels: .*/labels: [text]/" \
		.dsv/datasets.yaml && save "Another label" && refused &&
	says "no audit of 2 records from the whole dataset, since its labels are other columns now" &&
	says "next: dsv audit start --dataset reviews --of all"
'

test_that 'an audit of another field does not count for the label' '
	git switch -q part && forget && sed "s/\"field\":\"label\"/\"field\":\"text\"/" \
		"$work/plan" >"$work/doc" && put "$work/doc" audit-f && refused &&
	says "does not count: it judges '\''text'\'', not '\''label'\''"
'

test_that 'where commits are not signed, nobody draws and judges alone' '
	change unsigned && commits_of nobody && relabel 4 pos && save Unsigned &&
	as audit-f && dsv audit start --no-push --sheet "$work/sheet.csv" &&
	sed -i "2,\$s/,\([a-z]*\),,,\$/,\1,\1,,/" "$work/sheet.csv" &&
	dsv audit finish --no-push --plan 1 "$work/sheet.csv" && refused &&
	says "Auditor F alone drew and judged it, and one commit is not signed by anybody known" &&
	as audit-g && dsv audit finish --no-push --plan 1 "$work/sheet.csv" &&
	rm "$work/sheet.csv" && passes && commits_of lead-a
'

test_that 'an auditor without the role does not stand in the way' '
	git switch -q part && forget && sed "s/audit-f/privacy-b/;s/\"role\":\"audit\"/\"role\":\"privacy\"/" \
		"$work/plan" >"$work/doc" && put "$work/doc" privacy-b && refused &&
	says "does not count: Privacy B does not hold the role '\''audit'\''" &&
	forget && (DSV_NOW=1740787200 && export DSV_NOW && audited) &&
	put "$work/doc" privacy-b && passes
'

# -- history

test_that 'replaced commits and grafts do not fool the gate' '
	change replaced && clean=$(git rev-parse main) && bad=$(git rev-parse HEAD) &&
	git replace $bad $(git commit-tree -p $clean -m "Nothing" \
		$(git rev-parse "$clean^{tree}")) && refused &&
	says "1 sign-off by '\''privacy'\''" && git replace -d $bad >/dev/null &&
	git replace --graft $bad >/dev/null 2>&1; refused;
	git replace -d $bad >/dev/null 2>&1; mkdir -p .git/info &&
	echo "$bad" >.git/info/grafts && refused; rm -f .git/info/grafts
'

test_that 'a merge the wrong way round does not make another repository of it' '
	rules "sign-off: {role: privacy, not_author: true}" && changed foxtrot && git switch -q --orphan alien && reviews neg >reviews.csv &&
	mkdir -p .dsv && git show main:.dsv/policy.yaml >.dsv/policy.yaml &&
	git show main:.dsv/people.yaml >.dsv/people.yaml &&
	git show main:.dsv/datasets.yaml >.dsv/datasets.yaml &&
	git show main:.gitattributes >.gitattributes && save "Alien" &&
	tick && git reset -q --hard $(git commit-tree -p alien -p main -m Merge \
		$(git rev-parse "foxtrot^{tree}")) && refused &&
	says "would begin in another repository" && git switch -q main
'

test_that 'an empty change, and a head that the target has, change nothing' '
	forget && branch empty && tick && git commit -q --allow-empty --no-verify \
		-m Empty && run 0 dsv check && says "nothing to judge" &&
	run 0 dsv check --head main~1 && says "nothing to judge"
'

test_that 'what was pushed past the gate is shown' '
	forget && git switch -q main && relabel 7 neg && save "Straight to main" &&
	run 0 dsv log --unreviewed && says "Straight to main" &&
	says "reviews privacy: 1 sign-off by" &&
	run 0 dsv log --unreviewed --json && says "\"type\":\"unreviewed\"" &&
	git reset -q --hard HEAD~1
'

test_that 'a policy that cannot be read hides nothing of what follows' '
	echo nonsense >.dsv/policy.yaml && save "Broken" && relabel 7 neg &&
	save "Behind it" && run 0 dsv log --unreviewed && says "Behind it" &&
	says "Broken" && git reset -q --hard HEAD~2
'

test_that 'and on the target it refuses everything, with file and line' '
	forget && git switch -q main && policy "sign-of: {role: privacy}" &&
	save "Broken" && branch under-broken && relabel 1 neg && save "One" &&
	refused && says "error policy" && says ".dsv/policy.yaml:4: requirement '\''sign-of'\'' is not known" &&
	git switch -q main && git reset -q --hard HEAD~1
'

test_that 'a reject by somebody who does not hold the role is none' '
	rules "sign-off: {role: privacy}" && change stranger-no && approved_by privacy-b &&
	last && sed "s/\"decision\":\"approve\",\"reason\":\"\"/\"decision\":\"reject\",\"reason\":\"x\"/;s/privacy-b/audit-f/" \
		"$work/doc" >"$work/doc2" && put "$work/doc2" audit-f && passes
'

finish
