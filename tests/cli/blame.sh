. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	mkdir guidelines
	lines guidelines/sent.md --- 'id: sent' 'version: 1.0.0' \
		'status: active' --- '# Sentiment'
	lines reviews.csv id,text,sentiment 1,good,pos 2,bad,neg 3,so,neutral \
		4,fine,pos
	git add guidelines
	dsv track reviews.csv --key id --label sentiment --guideline sent \
		>/dev/null
	dsv commit -q -a -m First
	git tag v1
	tick
	lines guidelines/sent.md --- 'id: sent' 'version: 1.1.0' \
		'status: active' --- '# Sentiment'
	lines reviews.csv id,text,sentiment 1,good,pos 2,bad,neutral \
		3,so,neg 4,fine,pos
	dsv add -A >/dev/null
	GIT_AUTHOR_NAME=Acme dsv commit -q -m 'Sarcasm is negative'
	git tag v2
	tick
	lines reviews.csv id,text,sentiment 1,good,pos 2,worse,neutral \
		4,fine,pos 5,new,pos
	dsv commit -q -a -m Third
)

test_that 'each record with commit, date, author and guideline' '
	run 0 dsv blame reviews.csv && out_is blame
'
test_that 'a key of too many fields is told, --key counts its own' '
	run 2 dsv blame reviews.csv:2,3 && err_has "is id" &&
	run 0 dsv blame reviews.csv:2,neutral --key id,sentiment
'
test_that '--field' '
	run 0 dsv blame reviews.csv --field sentiment && out_is blame_field
'
test_that 'one record by its address, with the first line of the message' '
	run 0 dsv blame reviews.csv:2:sentiment &&
	out_has "2  neutral  " && out_has "Acme  Sarcasm is negative" &&
	run 0 dsv blame v1:reviews.csv:3 && out_has "3  neutral" &&
	run 3 dsv blame reviews.csv:99 && err_has "there is no record"
'
test_that '--where, --keys-from and --since' '
	run 0 dsv blame reviews.csv --where sentiment=neutral &&
	out_has "2    neutral" && out_lacks "1    pos" &&
	printf "4\n5\n" >keys && run 0 dsv blame reviews.csv --keys-from keys &&
	out_has "4    pos" && out_has "5    pos" && out_lacks "1    pos" &&
	rm keys &&
	run 0 dsv blame reviews.csv --since v2 &&
	out_has "1    pos        ^$(git rev-parse v2 | cut -c1-7)"
'
test_that '--reverse' '
	run 0 dsv blame --reverse v1 reviews.csv &&
	out_has "3    neutral    $(git rev-parse HEAD | cut -c1-7)" &&
	out_has "1    pos        -"
'
test_that '--summary' '
	run 0 dsv blame reviews.csv --summary && out_is blame_summary
'
test_that '--history' '
	run 0 dsv blame reviews.csv:3 --history && out_is blame_history &&
	run 2 dsv blame reviews.csv --history && err_has "one record"
'
test_that '--csv' 'run 0 dsv blame reviews.csv --csv && out_is blame_csv'
test_that '--json' 'run 0 dsv blame reviews.csv --json && out_is blame_json'
test_that '--json --history' '
	run 0 dsv blame reviews.csv:2 --history --json &&
	out_has "\"dsv.blame.history/1\"" &&
	out_has "\"sentiment\":[\"neg\",\"neutral\"]"
'
test_that 'change lists change nothing' '
	dsv blame reviews.csv >a && dsv blame reviews.csv --no-cache >b &&
	rm -r .git/dsv/cache && dsv blame reviews.csv >c &&
	cmp a b && cmp a c && rm a b c
'

new_repo plain
(
	cd "$repo" || exit
	lines x.csv id,label '1,"a"b' 2,b
	git add x.csv && git commit -q -m One
	lines x.csv id,label 1,a 2,b
	git commit -q -a -m Two
)

test_that 'a plain git repository needs --key' '
	run 2 dsv blame x.csv && err_has "--key COL" && [ ! -e .dsv ]
'
test_that 'broken quoting is read, named, and the answer incomplete' '
	run 1 dsv blame x.csv --key id --json &&
	out_has "\"complete\":false" && out_has "bad_quoting" &&
	err_has "broken quoting"
'

# big TEXT: 20000 records, some over several lines; one in a hundred says TEXT
big()
{
	awk -v text="$1" 'BEGIN {
		print "id,text,label"
		for (i = 0; i < 20000; i++)
			printf "k%05d,\"%s\n%080d\",%s\n", i, i % 7 ? "a" : "b", \
				i * 7919, i % 100 == 37 ? text : "old"
	}'
}

# The same versions with dsv and with git alone, large enough to be read in
# several pieces.
new_repo pieces
(
	cd "$repo" || exit
	big one >big.csv
	big one >plain.csv
	dsv track big.csv --key id --label label >/dev/null
	git add -A && git commit -q -m One
	tick
	big two >big.csv
	big two >plain.csv
	git commit -q -a -m Two
)

test_that 'what is read in pieces and what is not give the same' '
	for how in "" --csv --json "--where label=two" "--field label"; do
		dsv blame big.csv $how >a && DSV_THREADS=1 dsv blame big.csv $how >b &&
		dsv blame plain.csv --key id --label label $how >c || return 1
		sed "s/plain.csv/big.csv/; s/\"dataset\":null/\"dataset\":\"big\"/" c >d
		cmp a b && cmp a d || return 1
	done
	[ "$(wc -l <a)" -eq 20001 ] && [ "$(grep -c "  two  " a)" -eq 200 ] &&
	rm a b c d
'
test_that 'lines are counted through the pieces' '
	dsv blame big.csv --json --where label=two >a &&
	sed -n "s/.*\"key\":\[\"k\([0-9]*\)\"\].*\"line\":\([0-9]*\),.*/\1 \2/p" a >b &&
	awk "{ n++; bad += \$2 != 2 * \$1 + 2 } END { exit bad || n != 200 }" b &&
	rm a b
'

finish
