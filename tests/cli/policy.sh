. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-govern.sh"

new_repo r
cd "$repo" || exit 3

test_that 'without a policy it is said, with where to begin' '
	run 3 dsv policy show && err_has "has no .dsv/policy.yaml" &&
	err_has "man dsv-policy" && run 3 dsv policy lint &&
	run 3 dsv policy explain main
'

new_governed governed
cd "$repo" || exit 3

test_that 'show prints the file as it is written' '
	run 0 dsv policy show && diff "$work/out" .dsv/policy.yaml
'

test_that 'show in JSON: each requirement in words' '
	run 0 dsv policy show --json && out_has "\"schema\":\"dsv.policy/1\"" &&
	out_has "\"target\":\"main\",\"requirement\":\"sign-off\",\"role\":\"privacy\"" &&
	out_has "\"policy_line\":4"
'

test_that 'explain says what a merge needs' '
	policy "sign-off: {role: privacy, not_author: true, max_age: 90d}" \
		"audit: {sample: 300, accuracy_lower: \"0.95\", role: audit}" \
		"guideline: {active: true, stale: 0}" \
		"labels: {each_at_least: 50, drop_at_most: \"10%\"}" \
		"scan: {undecided: 0}" "override: {role: governance, count: 2}" &&
	run 0 dsv policy explain main && says "A merge into main needs" &&
	says "privacy" && says "90 days" && says "300" && says "95" &&
	run 0 dsv policy explain && run 3 dsv policy explain play &&
	err_has "the policy asks nothing of '\''play'\''"
'

test_that 'a sound policy is said to be sound, of the work tree or a commit' '
	run 0 dsv policy lint && out_has "the policy is sound" &&
	run 0 dsv policy lint --rev HEAD && run 3 dsv policy lint --rev nowhere
'

# faulty CLAIM LINE WORDS [HINT]: a line that cannot be read
faulty()
{
	line=$2 words=$3 hint=${4-}
	test_that "$1" '
		policy "$line" && run 3 dsv policy show --json &&
		err_has ".dsv/policy.yaml:4:" && err_has "$words" &&
		{ [ -z "$hint" ] || err_has "$hint"; }
	'
}
faulty 'a requirement that is not known' 'sign-of: {role: x}' \
	"requirement 'sign-of' is not known" "did you mean 'sign-off'?"
faulty 'a word that is not known' 'sign-off: {role: privacy, cout: 2}' cout \
	"did you mean 'count'?"
faulty 'a requirement without its first word' 'sign-off: {count: 2}' \
	"'sign-off' without 'role'"
faulty 'nobody at all' 'sign-off: {role: privacy, count: 0}' count
faulty 'more than all' 'labels: {drop_at_most: "110%"}' drop_at_most
faulty 'a share that is no number' 'audit: {sample: 3, accuracy_lower: nan}' \
	accuracy_lower
faulty 'an age without unit' 'sign-off: {role: privacy, max_age: 90}' \
	'such as 90d'
faulty 'an age of nothing' 'sign-off: {role: privacy, max_age: ""}' max_age
faulty 'disjoint from itself' 'disjoint: {datasets: [reviews]}' \
	'two datasets at least'
faulty 'agreement of one' 'audit: {sample: 3, kappa: "0.8"}' 'two raters'
faulty 'nothing asked' 'labels: {}' 'asks for nothing'
faulty 'a word that stands twice' 'scan: {undecided: 0, undecided: 9}' undecided
test_that 'who governs, twice' '
	policy "governance: {role: privacy}" && run 3 dsv policy show --json &&
	err_has ".dsv/policy.yaml:5: '\''governance'\'' stands on line 4 too"
'

test_that 'lint: a role that nobody holds, a checklist and a dataset that are not there' '
	policy "sign-off: {role: astronaut, not_author: true}" \
		"sign-off: {role: privacy, count: 3}" \
		"sign-off: {role: privacy, checklist: privacy, not_author: true}" \
		"scan: {undecided: 0, datasets: [review]}" && run 1 dsv policy lint &&
	out_has "policy.yaml:4: error: nobody holds the role '\''astronaut'\''" &&
	says "policy.yaml:5: error: 3 people of the role '\''privacy'\'' are asked for, 2 hold it" &&
	out_has "policy.yaml:6: error: " && says "next: dsv signoff checklist privacy" &&
	says "policy.yaml:7: error: dataset '\''review'\'' does not exist" &&
	says "did you mean '\''reviews'\''?" &&
	run 1 dsv policy lint --json && out_has "\"level\":\"error\""
'

test_that 'lint warns of those who approve themselves, and of rules that nobody may change' '
	policy "sign-off: {role: privacy}" && run 0 dsv policy lint &&
	out_has "warning: '\''privacy'\'' may approve a change of his own" &&
	lines .dsv/policy.yaml "version: 1" targets: "  main:" \
		"    - scan: {undecided: 0}" && run 1 dsv policy lint &&
	says "no word on who may change the policy of '\''main'\'', so nobody may"
'

test_that 'patterns of branches: the first that matches counts' '
	lines .dsv/policy.yaml "version: 1" targets: "  release/v?:" \
		"    - scan: {undecided: 0}" "    - governance: {role: governance}" \
		"  \"*\":" "    - scan: {undecided: 7}" \
		"    - governance: {role: governance}" &&
	run 0 dsv policy explain release/v1 && out_has "release/v?" &&
	run 0 dsv policy explain play && out_has "*" &&
	run 3 dsv policy explain a/b
'

test_that 'escapes for terminals are refused, and not sent to one' '
	printf "# \033[31mred\n" >>.dsv/policy.yaml &&
	for sub in show lint explain; do
		run 3 dsv policy $sub && err_has "control characters" || return 1
	done; lines .dsv/policy.yaml "version: 1" targets: "  main:" \
		"    - \"\\e[31m\": {}" && run 3 dsv policy lint &&
	! grep -q "$(printf "\033")" "$work/out" "$work/err"
'

finish
