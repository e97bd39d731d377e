. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'audit' 'no ssh-keygen'
	finish
fi
for name in lead ann ben carl dave other; do
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$work/$name"
done

# rows FROM TO WORKER LABEL: records of a table
rows()
{
	i=$1
	while [ "$i" -le "$2" ]; do
		echo "$i,text $i,$4,$3"
		i=$((i + 1))
	done
}
table()
{
	echo id,text,label,worker
	rows 1 20 dora cat
}
member()
{
	dsv people add "$1" --role "$2" --email "$1@example.org" \
		--key "$work/$1.pub"
}
{
	table >animals.csv
	dsv track animals.csv --key id --label label --annotator worker
	dsv people add lead --role governance,data --me \
		--email lead-a@example.org --key "$work/lead"
	member ann audit
	member ben audit
	member carl audit
	member dave audit
	lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
		'    - audit: {of: changed, sample: 6, accuracy_lower: "0.55", confidence: "0.95", role: audit}' \
		'    - governance: {role: governance, count: 1}'
	dsv add .
	dsv commit -qm first
	git init -q --bare "$work/hub.git"
	git remote add origin "$work/hub.git"
	git push -q origin main
	tick
	git switch -qc batch
	{ table && rows 21 40 dora dog && rows 41 44 carl cow; } >animals.csv
	dsv commit -qam 'Dogs and cows'
} >"$work/made" 2>&1 || cat "$work/made"
as() { git config dsv.signingKey "$work/$1"; }

# fill FILE [SED]: every answer is the label, then what SED changes
fill()
{
	sed -e '2,$s/,\([a-z]*\),,,$/,\1,\1,,/' -e "${2-}" "$1" >"$1.new" &&
		mv "$1.new" "$1"
}

test_that 'the gate asks for an audit' '
	run 1 dsv check main && out_has "no audit of 6 records" &&
	out_has "dsv audit start"
'

test_that 'nobody outside the people of the target plans one' '
	as other && run 1 dsv audit start && err_has "nobody in the people of" &&
	err_has "dsv people add"
'

test_that 'an author does not plan one' '
	as lead && run 1 dsv audit start &&
	err_has "'\''lead'\'' is an author of the change"
'

test_that 'an annotator does not plan one' '
	as carl && run 1 dsv audit start && err_has "annotated what is judged" &&
	err_has "animals.csv:4"
'

test_that 'what is not committed is told' '
	as ann && cp animals.csv kept && echo 99,x,cat,dora >>animals.csv &&
	run 1 dsv audit start && err_has "not committed" &&
	mv kept animals.csv
'

test_that 'a label, a field and a population that are not there are told' '
	run 3 dsv audit start --field labl && err_has "did you mean '\''label'\''" &&
	run 1 dsv audit start --label bird && err_has "has the label '\''bird'\''" &&
	run 3 dsv audit start --by vendor &&
	err_has "no record has a field '\''vendor'\''" &&
	run 2 dsv audit start --lower 2 && err_has "no share" &&
	run 2 dsv audit start -n 3 --margin 0.1 && err_has "one of them"
'

test_that 'a plan is signed and pushed, then the sheet is written' '
	run 0 dsv audit start && out_has "audit 1  animals" &&
	out_has "6 of 24 records that changed" && out_has "pushed to origin" &&
	out_has "dsv audit finish audit-1.csv" &&
	[ "$(wc -l <audit-1.csv)" = 7 ] &&
	[ "$(head -1 audit-1.csv)" = \
	  "address,data.id,data.text,data.label,data.worker,label,answer,cause,note" ] &&
	git -C "$work/hub.git" ls-tree -r --name-only dsv-evidence >names &&
	has names audit-plan && rm names && cp audit-1.csv "$work/drawn.csv"
'

test_that 'no second plan while one is open' '
	as ben && run 1 dsv audit start && err_has "audit 1 of this snapshot" &&
	err_has "ann drew it" && err_has "dsv audit finish audit-1.csv"
'

test_that 'the gate names what is open' '
	run 1 dsv check main && out_has "audit 1 is open"
'

test_that 'the same sample is drawn again, and never over a sheet' '
	run 0 dsv audit show 1 --sheet again.csv &&
	cmp again.csv "$work/drawn.csv" && rm again.csv &&
	run 3 dsv audit show 1 --sheet audit-1.csv && err_has "is there already"
'

test_that 'an empty answer is told with its line' '
	as ann && run 1 dsv audit finish audit-1.csv &&
	out_has "audit-1.csv:2: no answer" && out_has "audit-1.csv:7: no answer" &&
	err_has "6 faults" && err_has "nothing signed"
'

test_that 'a row that is dropped, added, swapped or edited is told' '
	fill audit-1.csv && cp audit-1.csv full.csv &&
	sed 4d full.csv >audit-1.csv && run 1 dsv audit finish audit-1.csv &&
	out_has "is missing" &&
	{ cat full.csv && sed -n 3p full.csv; } >audit-1.csv &&
	run 1 dsv audit finish audit-1.csv &&
	out_has "audit-1.csv:8: " && out_has "stands on line 3 too" &&
	{ cat full.csv && echo animals.csv:1,1,text 1,cat,dora,cat,cat,,; } \
		>audit-1.csv &&
	run 1 dsv audit finish audit-1.csv &&
	out_has "audit-1.csv:8: '\''animals.csv:1'\'' is not in the sample" &&
	{ sed 5d full.csv && echo animals.csv:1,1,text 1,cat,dora,cat,cat,,; } \
		>audit-1.csv &&
	run 1 dsv audit finish audit-1.csv && out_has "not in the sample" &&
	out_has "is missing" &&
	sed "3s/text [0-9]*/other/" full.csv >audit-1.csv &&
	run 1 dsv audit finish audit-1.csv &&
	out_has "audit-1.csv:3: '\''data.text'\'' was edited" &&
	git show-ref --verify -q refs/heads/dsv-evidence &&
	git ls-tree -r --name-only dsv-evidence >names && lacks names result &&
	rm names && mv full.csv audit-1.csv
'

test_that 'an answer that is no label is told with the nearest' '
	cp audit-1.csv full.csv && sed "2s/,dog,,$/,dgo,,/" full.csv >audit-1.csv &&
	run 1 dsv audit finish audit-1.csv --json &&
	out_has "\"type\":\"fault\"" && mv full.csv audit-1.csv
'

test_that 'neither author nor annotator judges' '
	as lead && run 1 dsv audit finish audit-1.csv &&
	err_has "does not hold the role" &&
	as carl && run 1 dsv audit finish audit-1.csv &&
	err_has "annotated what is judged"
'

test_that 'rows in another order and with line ends of a spreadsheet are taken' '
	{ head -1 audit-1.csv && sed 1d audit-1.csv | sort -r; } |
		sed "s/$/\r/" >turned && mv turned audit-1.csv &&
	as ann && run 0 dsv audit finish audit-1.csv &&
	out_has "accuracy   100.0 %, 6 of 6 correct" && out_has "pushed to origin"
'

test_that 'a person judges once' '
	run 1 dsv audit finish audit-1.csv && err_has "has judged audit 1 already"
'

test_that 'the gate takes it' '
	run 0 dsv check main && out_has "6 of 6 correct, at least"
'

test_that 'audits are listed, also of a revision and of a snapshot' '
	run 0 dsv audit list && out_has "100.0%" && out_has "finished" &&
	run 0 dsv audit list HEAD && out_has "100.0%" &&
	run 0 dsv audit list main && out_has "no audits" &&
	run 0 dsv audit list --json && out_has "\"schema\":\"dsv.audit/1\"" &&
	out_has "\"auditors\":[\"ann\"]"
'

test_that 'a second auditor, and how far both agree' '
	as ben && run 0 dsv audit show 1 --sheet audit-1-ben.csv &&
	fill audit-1-ben.csv "2s/,[a-z]*,,$/,cat,slip,/" &&
	run 0 dsv audit finish audit-1-ben.csv &&
	out_has "5 of 6 correct" && out_has "slip" &&
	run 0 dsv audit show 1 --json && out_has "\"type\":\"confusion\"" &&
	out_has "\"person\":\"ben\",\"answer\":\"cat\",\"cause\":\"slip\""
'

test_that 'an audit is named by its digest too, and an unknown one is told' '
	digest=$(sed -n "s/.*\"digest\":\"\([0-9a-f]*\)\".*\"dataset\".*/\1/p" \
		"$work/out" | head -1) &&
	run 0 dsv audit list --json &&
	digest=$(sed -n "s/.*\"number\":1,\"digest\":\"\([0-9a-f]\{12\}\).*/\1/p" \
		"$work/out") &&
	run 0 dsv audit show "$digest" && out_has "audit 1" &&
	run 3 dsv audit show 77 && err_has "no audit '\''77'\''"
'

test_that 'strata are drawn by their share, and a blind sheet shows no label' '
	as ann && run 0 dsv audit start --of all --by label -n 11 --blind &&
	out_has "11 of 44 records, by label (3 strata), blind" &&
	lacks audit-2.csv ,label && lacks audit-2.csv stratum &&
	lacks audit-2.csv dog && run 0 dsv audit show 2 --json &&
	out_has "{\"name\":\"cat\",\"size\":20,\"n\":5}" &&
	out_has "{\"name\":\"cow\",\"size\":4,\"n\":1}"
'

# What somebody signs who goes round dsv. sed SCRIPT on the document of KIND,
# signed by WHO, put on the branch: forge WHO KIND SCRIPT
forge()
{
	export GIT_INDEX_FILE="$work/index"
	rm -f "$GIT_INDEX_FILE"
	first=$(git grep -l -F '"number":1,' dsv-evidence |
		sed -n 's|.*/audit-plan/\(.*\).json$|\1|p' | head -1)
	path=$(git grep -l -F -e '"number":1,' -e "\"plan\":\"$first" \
		dsv-evidence |
		sed -n "s|^dsv-evidence:\(.*/$2/.*json\)$|\1|p" | head -1)
	git show "dsv-evidence:$path" | sed "$3" >"$work/forged"
	rm -f "$work/forged.sig"
	ssh-keygen -q -Y sign -n dsv -f "$work/$1" "$work/forged" 2>/dev/null
	digest=$(sha256sum "$work/forged" | cut -d" " -f1)
	place=$(dirname "$path")/$digest.json
	git read-tree dsv-evidence
	for end in "" .sig; do
		git update-index --add --cacheinfo \
			"100644,$(git hash-object -w "$work/forged$end"),$place$end"
	done
	forged=$(git commit-tree -p dsv-evidence -m forged "$(git write-tree)")
	unset GIT_INDEX_FILE
}
# with_forged WHO KIND SCRIPT COMMAND...: run with it on the branch
with_forged()
{
	before=$(git rev-parse dsv-evidence)
	forge "$1" "$2" "$3"
	shift 3
	git update-ref refs/heads/dsv-evidence "$forged"
	"$@"
	status=$?
	git update-ref refs/heads/dsv-evidence "$before"
	return $status
}
as_of() { echo "s/\"person\":\"[a-z]*\"/\"person\":\"$1\"/"; }

test_that 'a result with a row dropped, added or swapped makes the audit faulty' '
	with_forged dave audit-result "$(as_of dave);s/{\"address\":[^}]*},//" \
		run 0 dsv audit show 1 &&
	out_has "the result of dave lacks" && out_has "which was drawn" &&
	out_lacks accuracy &&
	with_forged dave audit-result \
		"$(as_of dave);s/\"rows\":\[/&{\"address\":\"animals.csv:1\",\"answer\":\"cat\",\"cause\":\"\",\"note\":\"\"},/" \
		run 0 dsv audit show 1 && out_has "animals.csv:1" &&
	out_has "was not drawn" &&
	with_forged dave audit-result \
		"$(as_of dave);s/\"address\":\"animals.csv:[0-9]*\"/\"address\":\"animals.csv:1\"/" \
		run 0 dsv audit show 1 && out_has "was not drawn" &&
	with_forged dave audit-result "$(as_of dave);s/{\"address\":[^}]*},//" \
		run 1 dsv check main && out_has "the result of dave lacks"
'

test_that 'figures in a result are no part of it' '
	with_forged dave audit-result "$(as_of dave);s/\"rows\"/\"accuracy\":1,&/" \
		run 0 dsv audit show 1 && out_lacks dave &&
	out_has "5 of 6 correct"
'

test_that 'an annotator who signs a result makes it faulty, and the gate refuses' '
	with_forged carl audit-result "$(as_of carl)" run 0 dsv audit show 1 &&
	out_has "carl is an annotator" &&
	with_forged carl audit-result "$(as_of carl)" run 1 dsv check main &&
	out_has "carl is an annotator"
'

test_that 'answers that were given anew count for nothing' '
	with_forged ann audit-result \
		"$(as_of ann);s/\"answer\":\"[a-z]*\"/\"answer\":\"cow\"/g" \
		run 0 dsv audit show 1 && out_has "ann judged it twice" &&
	with_forged ann audit-result \
		"$(as_of ann);s/\"answer\":\"[a-z]*\"/\"answer\":\"cow\"/g" \
		run 1 dsv check main && out_has "ann judged it twice"
'

test_that 'what a stranger signs in the name of another is ignored, and said' '
	with_forged other audit-result "$(as_of dave)" run 0 dsv audit show 1 &&
	out_has "ignored" && out_has "finished" && out_has "5 of 6 correct"
'

test_that 'a plan of the author does not count' '
	with_forged lead audit-plan \
		"$(as_of lead);s/\"role\":\"audit\"/\"role\":\"data\"/;s/\"number\":1/\"number\":9/" \
		run 1 dsv check main && out_lacks "audit 9 is open"
'

test_that 'an open plan cannot be passed over' '
	with_forged dave audit-plan \
		"$(as_of dave);s/\"number\":1/\"number\":0/;s/\"nonce\":\"./&0/;s/\(\"nonce\":\"[0-9a-f]\{64\}\)./\1/" \
		run 1 dsv check main && out_has "audit 0 is open"
'

test_that 'a plan that counts other records than there are is faulty' '
	before=$(git rev-parse dsv-evidence) &&
	forge dave audit-plan "$(as_of dave);s/\"number\":1/\"number\":8/;s/:24\\([,}]\\)/:23\\1/g" &&
	git update-ref refs/heads/dsv-evidence "$forged" && plan=$digest &&
	forge dave audit-result \
		"$(as_of dave);s/\"plan\":\"[0-9a-f]*/\"plan\":\"$plan/" &&
	git update-ref refs/heads/dsv-evidence "$forged" &&
	run 0 dsv audit show 8 && out_has faulty &&
	out_has "the plan counts other records than there are" &&
	git update-ref refs/heads/dsv-evidence "$before"
'

test_that 'a failed audit is not made good by a luckier one' '
	run 1 dsv check main && out_has "5 of 6 correct" && as dave &&
	run 0 dsv audit start -n 6 && fill audit-3.csv &&
	run 0 dsv audit finish audit-3.csv && out_has "6 of 6 correct" &&
	run 1 dsv check main && out_has "5 of 6 correct"
'

finish
