. "$(dirname "$0")/lib.sh"
export DSV_NOW=1738540800 # 2025-02-03

# guide VERSION: a sound guideline, in guidelines/sentiment.md
guide()
{
	mkdir -p guidelines
	lines guidelines/sentiment.md --- 'id: sentiment' "version: $1" \
		'status: active' 'effective: 2025-02-01' --- '# Sentiment' '' \
		'| label | definition |' '|---|---|' \
		'| pos | the writer would buy it again |' \
		'| neg | the writer would not |' '| neutral | neither is said |' \
		'' '| rule | when | label |' '|---|---|---|' \
		'| R1 | praise | pos |' '| R2 | a complaint | neg |' '' \
		'| example | label | rule |' '|---|---|---|' \
		'| Works well | pos | R1 |' '| Broke at once | neg | R2 |' \
		'| It is blue | neutral | |' '| Love it | pos | R1 |'
}
# edit OLD NEW: in it
edit() { sed -i "s/$1/$2/" guidelines/sentiment.md; }

new_repo r
(
	cd "$repo" || exit
	lines reviews.csv id,text,sentiment,worker 1,good,pos,ana 2,bad,neg,ben \
		3,so,neutral,ana 4,fine,pos,ben 5,hm,,ana
	dsv track reviews.csv --key id --label sentiment >/dev/null
)
test_that 'none yet: the next step' '
	run 3 dsv guideline list && err_has "dsv guideline new ID" &&
	run 3 dsv guideline show nosuch && err_has "guidelines/nosuch.md"
'
test_that 'new: a row for each label of the data, the most frequent first' '
	run 0 dsv guideline new sentiment --from-dataset reviews &&
	out_has "wrote guidelines/sentiment.md, draft 1.0.0, 3 labels" &&
	same_as golden/guideline_new guidelines/sentiment.md &&
	run 3 dsv guideline new sentiment && err_has "exists" &&
	run 3 dsv guideline new x --from-dataset revews && err_has reviews &&
	[ ! -e guidelines/x.md ] && run 2 dsv guideline new X.Y
'
test_that 'new: a label that Markdown would read as marks stays what it is' '
	run 0 dsv guideline new odd --with-label "a|b" --with-label "*c*" &&
	run 0 dsv guideline show odd --json &&
	out_has "\"label\":\"a|b\"" && out_has "\"label\":\"*c*\"" &&
	run 2 dsv guideline new odd2 --with-label " d" &&
	err_has "cannot stand in a table" && [ ! -e guidelines/odd2.md ] &&
	rm guidelines/odd.md
'
test_that 'lint: what the frame lacks' '
	run 1 dsv guideline lint && out_is guideline_lint_new
'
guide_first()
{
	guide 1.0.0
	dsv track reviews.csv --guideline sentiment >/dev/null
}
test_that 'a guideline that is not added keeps the commit from being made' '
	guide_first && run 3 dsv commit -qam First &&
	err_has "dsv add guidelines/sentiment.md"
'
(
	cd "$repo" || exit
	dsv add guidelines/sentiment.md
	dsv commit -qam First
)
tick
test_that 'lint: sound' '
	run 0 dsv guideline lint && out_has "sentiment 1.0.0: sound"
'
test_that 'another file of the folder is no guideline' '
	echo "Read me." >guidelines/README.md && run 0 dsv guideline lint &&
	run 0 dsv guideline list && out_lacks README && rm guidelines/README.md
'
test_that 'list' '
	run 0 dsv guideline list && out_has "sentiment  1.0.0    active  2025-02-01" &&
	out_has reviews && run 0 dsv guideline list --json &&
	out_has "\"schema\":\"dsv.guideline-list/1\"" &&
	out_has "\"datasets\":[\"reviews\"]"
'
test_that 'show' 'run 0 dsv guideline show sentiment && out_is guideline_show'
test_that 'show --json' '
	run 0 dsv guideline show sentiment HEAD --json &&
	out_is guideline_show_json
'
test_that 'lint: a rule added under the same version' '
	edit "^| R2 .*" "&\n| R7 | sarcasm, etc | neg |" &&
	run 1 dsv guideline lint sentiment && out_is guideline_lint &&
	run 1 dsv guideline lint --json && out_is guideline_lint_json &&
	run 0 dsv guideline lint --rev HEAD
'
test_that 'status: the version does not follow, and the next step' '
	run 0 dsv status &&
	out_has "edited, version still 1.0.0: dsv guideline bump" &&
	run 0 dsv status --json && out_has "\"note\":\"edited, version still"
'
test_that 'diff: by meaning, and the version it needs' '
	run 0 dsv guideline diff sentiment && out_is guideline_diff &&
	run 1 dsv guideline diff sentiment --exit-code --json &&
	out_is guideline_diff_json
'
test_that 'bump: less than the change needs is refused, nothing written' '
	cp guidelines/sentiment.md "$work/before" &&
	run 1 dsv guideline bump sentiment --patch && err_has "--minor" &&
	cmp guidelines/sentiment.md "$work/before" &&
	run 2 dsv guideline bump sentiment --major --patch &&
	run 2 dsv guideline bump sentiment --effective 2025-02-30 &&
	cmp guidelines/sentiment.md "$work/before"
'
test_that 'bump: what the change needs, once; all other bytes stay' '
	run 0 dsv guideline bump sentiment && out_has "1.0.0 to 1.1.0, minor" &&
	sed "s/^version: 1.0.0/version: 1.1.0/" "$work/before" >"$work/want" &&
	cmp guidelines/sentiment.md "$work/want" &&
	run 0 dsv guideline bump && out_has "says so already" &&
	run 0 dsv status && out_has modified && out_lacks edited &&
	cmp guidelines/sentiment.md "$work/want" &&
	run 0 dsv guideline lint && out_has "2 warnings" &&
	run 1 dsv guideline lint --strict
'
test_that 'bump --json, --effective and --status' '
	run 0 dsv guideline bump sentiment --effective 2025-02-03 --json &&
	out_has "\"base_version\":\"1.0.0\",\"from\":\"1.1.0\",\"to\":\"1.1.0\"" &&
	out_has "\"written\":true" &&
	grep -qx "effective: 2025-02-03" guidelines/sentiment.md &&
	run 0 dsv guideline bump sentiment --status retired &&
	grep -qx "status: retired" guidelines/sentiment.md &&
	cp "$work/want" guidelines/sentiment.md
'
test_that 'bump keeps CRLF, quotes and comments' '
	cp guidelines/sentiment.md "$work/kept" &&
	sed -i "s/^version: .*/version: \"1.0.0\" # ours/; s/\$/\r/" \
		guidelines/sentiment.md &&
	run 0 dsv guideline bump sentiment &&
	grep -q "^version: \"1.1.0\" # ours" guidelines/sentiment.md &&
	[ "$(grep -c "$(printf "\r")" guidelines/sentiment.md)" -eq \
		"$(wc -l <guidelines/sentiment.md)" ] &&
	cp "$work/kept" guidelines/sentiment.md
'
(
	cd "$repo" || exit
	dsv commit -qam 'Sarcasm'
)
tick
test_that 'changelog names the rule' '
	run 0 dsv changelog HEAD~1..HEAD &&
	out_has "Guideline sentiment 1.0.0 to 1.1.0: rule R7 added" &&
	out_has "records    none changed" &&
	run 0 dsv changelog HEAD~1..HEAD --md &&
	out_has "Guideline sentiment 1.0.0 to 1.1.0: rule R7 added (sarcasm, etc is neg)." &&
	run 0 dsv changelog HEAD~1..HEAD --json &&
	out_has "\"changes\":[{\"part\":\"rule\",\"op\":\"added\""
'
test_that 'stale: a new minor version makes none' '
	run 0 dsv guideline stale && out_has "0 of 5 records stale, 1 without label"
'
test_that 'stale: another definition makes those of its label so' '
	edit "would not" "complains" && run 0 dsv guideline bump sentiment --minor &&
	run 0 dsv guideline stale --list &&
	out_has "reviews.csv:2  neg  sentiment@1.0.0" &&
	out_has "label neg changed" && out_lacks "reviews.csv:1" &&
	run 0 dsv guideline stale && out_has "1 of 5 records stale" &&
	git checkout -q guidelines
'
test_that 'stale: an older major version makes all so, but what is labelled since' '
	edit "Love it | pos" "Love it | neutral" &&
	run 0 dsv guideline bump sentiment && out_has "1.1.0 to 2.0.0, major" &&
	sed -i "s/^4,fine,pos/4,fine,neutral/" reviews.csv &&
	dsv commit -qam "Version 2" && run 0 dsv guideline stale &&
	out_is guideline_stale && run 0 dsv guideline stale --json --list &&
	out_is guideline_stale_json && run 0 dsv guideline stale --csv &&
	out_is guideline_stale_csv &&
	run 0 dsv guideline stale --where worker=ben &&
	out_has "1 of 2 records stale" &&
	run 0 dsv guideline stale --rev HEAD~1 && out_has "0 of 5"
'
test_that 'stale: who annotated it again vouches for the label' '
	dsv track reviews.csv --annotator worker >/dev/null &&
	sed -i "s/^1,good,pos,ana/1,good,pos,cy/" reviews.csv &&
	dsv commit -qam "Looked at again" && run 0 dsv guideline stale &&
	out_has "2 of 5 records stale"
'
test_that 'stale: names that are not there' '
	run 3 dsv guideline stale nosuch && err_has "no dataset is labelled by" &&
	run 3 dsv guideline stale --dataset nosuch &&
	run 2 dsv guideline stale --csv --json &&
	run 2 dsv guideline stale --where nosuch=1
'
test_that 'test: accuracy, agreement, the rules that people get wrong' '
	lines answers.csv example,ana,ben "works WELL,pos,pos" \
		"Broke at once,neg,neutral" 3,neutral,neutral "Love it,neutral," &&
	run 0 dsv guideline test answers.csv --rater ana,ben &&
	out_is guideline_test &&
	run 1 dsv guideline test answers.csv --rater ana,ben --min 0.9 --json &&
	out_is guideline_test_json &&
	run 0 dsv guideline test answers.csv --rater ana --min 1
'
test_that 'test: faults with file and line' '
	lines bad.csv example,ana "Works well,pos" "Works bad,pos" &&
	run 3 dsv guideline test bad.csv --rater ana && err_has "bad.csv:3:" &&
	lines bad.csv example,ana "Works well,pso" &&
	run 3 dsv guideline test bad.csv --rater ana && err_has "bad.csv:2:" &&
	err_has "did you mean '\''pos'\''" &&
	lines bad.csv example,ana "Works well,pos" 1,pos &&
	run 3 dsv guideline test bad.csv --rater ana && err_has "line 2 too" &&
	run 2 dsv guideline test bad.csv --rater anna && err_has ana &&
	run 2 dsv guideline test bad.csv && err_has "--rater" &&
	run 2 dsv guideline test bad.csv --rater ana --min 90 &&
	run 3 dsv guideline test nosuch.csv --rater ana && err_has nosuch &&
	lines bad.csv text,ana x,pos &&
	run 2 dsv guideline test bad.csv --rater ana && err_has "example" &&
	: >bad.csv && run 2 dsv guideline test bad.csv --rater ana &&
	rm bad.csv answers.csv
'
test_that 'lint: a front matter that cannot be read, at its line' '
	edit "^version: .*" "version: 2" && run 1 dsv guideline lint &&
	out_has "guidelines/sentiment.md:3: error: " && out_has "[front-matter]" &&
	run 0 dsv guideline list && out_has unreadable &&
	git checkout -q guidelines
'
test_that 'lint: against another base; a version that goes back' '
	edit "^version: .*" "version: 1.9.0" &&
	run 1 dsv guideline lint && out_has "[version-back]" &&
	run 1 dsv guideline lint --base HEAD~2 && out_has "[version-small]" &&
	git checkout -q guidelines
'
test_that 'lint: several at once; one that is not there' '
	guide 1.0.0 && cp guidelines/sentiment.md guidelines/other.md &&
	sed -i "s/^id: .*/id: other/" guidelines/other.md &&
	git checkout -q guidelines/sentiment.md && run 0 dsv guideline lint &&
	out_has "other 1.0.0: sound" && out_has "sentiment 2.0.0" &&
	run 3 dsv guideline lint othr && err_has "did you mean '\''other'\''" &&
	rm guidelines/other.md
'
test_that 'in a bare repository: HEAD' '
	git clone -q --bare . "$work/bare" && cd "$work/bare" &&
	run 0 dsv guideline show sentiment && out_has HEAD &&
	run 0 dsv guideline lint && out_has "sentiment 2.0.0" &&
	run 0 dsv guideline list
'
finish
