. "$(dirname "$0")/lib.sh"

# What blame, changelog, log and show tell of sign-offs, with real keys.
new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'signed' 'no ssh-keygen'
	finish
fi
for name in lead privacy other; do
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$work/$name"
done
export DSV_NOW=1741000000
# say KEY DECISION [OPTION...]
say()
{
	key=$1
	shift
	dsv signoff "$@" --key "$work/$key" >/dev/null
}
(
	lines reviews.csv id,sentiment 1,pos 2,neg 3,neutral
	dsv track reviews.csv --key id --label sentiment >/dev/null
	dsv people add lead-a --name 'Lead A' --role lead --key "$work/lead"
	dsv people add privacy-b --name 'Privacy B' --role legal,privacy \
		--key "$work/privacy"
	lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
		'    - sign-off: {role: privacy}' \
		'    - audit: {of: changed, sample: 2}'
	git add .dsv
	dsv commit -q -a -m First
	git tag v1
	git switch -q -c acme
	tick
	lines reviews.csv id,sentiment 1,pos 2,neutral 3,neutral
	dsv commit -q -a -m Second
	tick
	lines reviews.csv id,sentiment 1,pos 2,neutral 3,neutral 4,pos
	dsv commit -q -a -m Third
) >/dev/null
c1=$(git rev-parse --short=7 v1) c2=$(git rev-parse --short=7 HEAD~1)
c3=$(git rev-parse --short=7 HEAD)

test_that 'blame has no such column where nobody signed' '
	run 0 dsv blame reviews.csv && out_lacks signed &&
	run 0 dsv blame reviews.csv --json && out_has "\"signed_off\":[]" &&
	out_lacks "\"signed_off\":{" &&
	run 0 dsv blame reviews.csv --csv && out_has ",boundary,signed_off"
'
test_that 'log marks what the policy asks for' '
	run 0 dsv log -n1 && out_has "         audit -   privacy -" &&
	run 0 dsv log -n1 --json && out_has "\"asked\":[\"privacy\"]" &&
	out_has "\"audit_asked\":true,\"signed_off\":[]" &&
	out_has "\"snapshot\":null" && run 0 dsv log --oneline &&
	out_lacks privacy
'
test_that 'blame, of each record: who signed the data of its commit' '
	say privacy approve --role privacy && say privacy approve --role legal &&
	run 0 dsv blame reviews.csv &&
	lines want "key  sentiment  commit   date        author       signed" \
		"1    pos        $c1  2025-02-03  Team Lead A  -" \
		"2    neutral    $c2  2025-02-03  Team Lead A  -" \
		"3    neutral    $c1  2025-02-03  Team Lead A  -" \
		"4    pos        $c3  2025-02-03  Team Lead A  legal privacy" &&
	diff want "$work/out" && rm want
'
test_that 'blame of one record, --history, --csv, --json and --summary' '
	run 0 dsv blame reviews.csv:4 && out_has "Third  signed by legal" &&
	run 0 dsv blame reviews.csv:1 && out_lacks "signed" &&
	run 0 dsv blame reviews.csv:4 --history &&
	out_has "sentiment pos  signed by legal privacy" &&
	run 0 dsv blame reviews.csv:4 --history --json &&
	out_has "\"signed_off\":[\"legal\",\"privacy\"]" &&
	run 0 dsv blame reviews.csv --csv && out_has ",,,legal privacy" &&
	run 0 dsv blame reviews.csv --json &&
	out_has "\"boundary\":null,\"signed_off\":[\"legal\",\"privacy\"]" &&
	out_has "\"signed_off\":{\"-\":3,\"legal\":1,\"privacy\":1}" &&
	run 0 dsv blame reviews.csv --summary && out_has "signed" &&
	out_has "1  privacy"
'
test_that 'log and show mark them, show tells who and when' '
	run 0 dsv log -n2 && out_has "audit -   legal ok   privacy ok" &&
	out_has "audit -   privacy -" && run 0 dsv show &&
	out_has "  audit -   legal ok   privacy ok" &&
	out_has "  signed off by privacy (Privacy B, 2025-03-03)" &&
	run 0 dsv show --json &&
	out_has "\"role\":\"legal\",\"decision\":\"approve\"" &&
	out_has "\"person\":\"privacy-b\",\"name\":\"Privacy B\"" &&
	run 0 dsv show HEAD~1 && out_lacks "signed off by"
'
test_that 'changelog tells them of the end and of each commit' '
	run 0 dsv changelog &&
	[ "$(grep -c "signed off by privacy" "$work/out")" -eq 2 ] &&
	run 0 dsv changelog v1..HEAD~1 && out_lacks "signed off" &&
	run 0 dsv changelog --md &&
	out_has "- signed off by privacy (Privacy B, 2025-03-03)" &&
	[ "$(grep -c "signed off by privacy" "$work/out")" -eq 1 ] &&
	run 0 dsv changelog --json &&
	[ "$(grep -c "\"type\":\"sign_off\"" "$work/out")" -eq 2 ]
'
test_that 'a section tells them of its own end' '
	git tag v2 && tick &&
	lines reviews.csv id,sentiment 1,pos 2,neutral 3,pos 4,pos &&
	dsv commit -q -a -m Fourth && run 0 dsv changelog --md --by tag &&
	out_has "- signed off by privacy" &&
	sed -n "/^## unreleased/,/^## v2/p" "$work/out" >part &&
	lacks part "signed off" && rm part && git reset -q --hard HEAD~1
'
test_that 'of a commit that is not the end Markdown tells it with the commit' '
	say lead reject --role lead --reason "too few" &&
	tick && lines reviews.csv id,sentiment 1,pos 2,neutral &&
	dsv commit -q -a -m Fourth && run 0 dsv changelog --md &&
	out_has "; rejected by lead (Lead A, 2025-03-03): too few" &&
	out_lacks "- signed off" && git reset -q --hard HEAD~1
'
test_that 'a reject of a role takes its sign-off away, until it is withdrawn' '
	run 0 dsv log -n1 && out_has "lead rejected   legal ok" &&
	say privacy reject --role legal --reason "not read" &&
	run 0 dsv log -n1 && out_has "lead rejected   legal rejected" &&
	run 0 dsv blame reviews.csv:4 && out_has "signed by privacy" &&
	run 0 dsv blame reviews.csv --json && out_lacks "\"legal\"" &&
	say privacy withdraw --role legal && run 0 dsv log -n1 &&
	out_lacks "legal rejected"
'
test_that 'a key that the target does not have any more signs nothing' '
	git switch -q main && sed "/name: Privacy B/,/keys/{/keys/d;}" \
		.dsv/people.yaml >people && grep -v "$(cut -d" " -f2 \
		"$work/privacy.pub")" people >.dsv/people.yaml && rm people &&
	dsv people add privacy-b --key "$work/other" >/dev/null &&
	dsv commit -q -a -m "Key lost" && git switch -q acme &&
	run 0 dsv blame reviews.csv && out_has "signed" &&
	out_lacks "privacy" && run 0 dsv changelog && out_lacks "signed off"
'
test_that 'people with a fault are told, and blame answers without them' '
	git switch -q main && lines .dsv/people.yaml "version: 9" &&
	git add .dsv && git commit -q --no-verify -m Fault &&
	git switch -q acme && run 0 dsv blame reviews.csv --json &&
	err_has "sign-offs cannot be told: " && err_has "people.yaml" &&
	out_has "\"signed_off\":null" && run 0 dsv blame reviews.csv &&
	out_lacks signed && run 0 dsv log -n1 && err_has "cannot be told"
'
finish
