. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	lines notes.csv id,text,label \
		'1,write to jane@example.org,pos' '2,nothing here,neg' \
		'3,"call +49 30 1234567' 'or 4111 1111 1111 1111",pos' \
		'4,version 1.2.3 of 2025-03-01,neg'
	dsv track notes.csv --key id --label label >/dev/null
	dsv commit -q -m First
)
id_of()
{
	run 0 dsv scan --show && sed -n "s/^\([0-9a-f]*\)  $1 .*/\1/p" "$work/out"
}

test_that 'counts by kind' 'run 0 dsv scan && out_is scan'
test_that '--show lists them masked' 'run 0 dsv scan --show && out_is scan_show'
test_that '--json' 'run 0 dsv scan --json && out_is scan_json'
test_that '--summary' '
	run 0 dsv scan --summary && out_has "notes        4         3"
'
test_that 'nothing raw is shown or kept' '
	run 0 dsv scan HEAD --show --json && out_lacks "jane@" &&
	out_lacks "4111 1111" && out_lacks 1234567 &&
	! grep -rq "jane@example" .git/dsv/cache
'
test_that '--exit-code is 1 while something is undecided' '
	run 1 dsv scan --exit-code && run 0 dsv scan
'
test_that 'a revision, and a path without definition' '
	run 0 dsv scan HEAD && out_is scan &&
	printf "a@b.org\n" >x.csv && printf "%s\n" id,t 1,a@b.org >x.csv &&
	run 0 dsv scan x.csv && out_has email && out_lacks notes && rm x.csv
'
test_that 'full-width digits of a card are found' '
	mkdir w && printf "t\n４１１１ １１１１ １１１１ １１１１\n" >w/w.csv &&
	run 0 dsv scan --show w/w.csv && out_has "4*** **** **** 1111" &&
	rm -r w
'
test_that 'escapes for a terminal are shown as text' '
	printf "id,t\n\"\033[2Jx\",\"\033]0;t\007 jane@example.org\"\n" >e.csv &&
	run 0 dsv scan --show --key id e.csv && out_has "\\x1b[2Jx" &&
	! grep -q "$(printf "\033")" "$work/out" && rm e.csv
'
test_that 'a key that is an address itself is masked' '
	printf "mail,t\njane@example.org,jane@example.org\n" >k.csv &&
	run 0 dsv scan --show --key mail k.csv && out_lacks jane@ &&
	out_has "k.csv:j***@e***.org:t" && rm k.csv
'
test_that 'decisions need a word, a finding, a reason' '
	run 2 dsv scan --decide 1234567890abcdef && err_has "--as" &&
	run 2 dsv scan --as accepted && err_has "--decide" &&
	id=$(id_of card) &&
	run 2 dsv scan --decide "$id" --as accepted && err_has "--reason" &&
	run 3 dsv scan --decide "${id%?}x" --as redacted &&
	err_has "did you mean" && [ ! -e .dsv/scan.yaml ]
'
test_that 'a decision is written and counts' '
	id=$(id_of card) &&
	run 0 dsv scan --decide "$id" --as accepted --reason "test card" &&
	grep -q "reason: \"test card\"" .dsv/scan.yaml &&
	run 0 dsv scan --summary && out_has "3          2" &&
	run 0 dsv scan --show && out_lacks "$id" &&
	run 0 dsv scan --show --all && out_has "$id  card   accepted"
'
test_that 'comments stay, a decision can be changed' '
	sed -i "1i # by hand" .dsv/scan.yaml && id=$(id_of email) &&
	run 0 dsv scan --decide "$id" --as redacted &&
	run 0 dsv scan --decide "$id" --as false-positive &&
	grep -q "^# by hand" .dsv/scan.yaml &&
	[ "$(grep -c "finding: $id" .dsv/scan.yaml)" = 1 ]
'
test_that 'what is decided as redacted and still there is undecided' '
	run 0 dsv scan --decide-all phone --as redacted &&
	run 1 dsv scan --exit-code && out_has "redacted and still there"
'
test_that 'decisions are those of the revision' '
	run 0 dsv scan HEAD --summary && out_has "3          3" &&
	git add .dsv/scan.yaml && git commit -q -m decided &&
	run 0 dsv scan HEAD --summary && out_has "3          1" &&
	run 0 dsv scan HEAD~1 --summary && out_has "3          3"
'
test_that 'a changed field drops the decision' '
	sed -i "s/write to jane/please write to jane/" notes.csv &&
	run 0 dsv scan && out_has "about nothing that is found" &&
	out_has "email         1          1" && dsv commit -q -a -m two
'
test_that 'A..B shows what is new, in the other fields nothing is' '
	run 0 dsv scan HEAD~1..HEAD --show && out_has "new in HEAD~1..HEAD" &&
	out_has email && out_lacks card && out_lacks phone &&
	sed -i "s/nothing here/nothing at all/" notes.csv &&
	dsv commit -q -a -m three &&
	run 0 dsv scan HEAD~1..HEAD --exit-code && out_has "no findings"
'
test_that 'a fault in the decisions has file and line' '
	cp .dsv/scan.yaml ok && sed -i "s/decision: accepted/decision: fine/" \
		.dsv/scan.yaml && run 3 dsv scan &&
	err_has ".dsv/scan.yaml:5" && err_has "fine" &&
	mv ok .dsv/scan.yaml
'
test_that 'an unknown path, a dataset of pictures' '
	run 2 dsv scan nosuch.csv ||
	run 3 dsv scan nosuch.csv
'

# A table of many chunks: what is known of an earlier version is taken over,
# and must say what a scan of the whole says.
table()
{
	awk -v n="$1" 'BEGIN {
		print "id,text,label"
		for (i = 0; i < n; i++)
			if (i % 97 == 0)
				printf "%d,\"two\nlines of u%d@example.org\",a\n", i, i
			else
				printf "%d,some words about nothing %d,b\n", i, i * 7 % 1000
	}'
}
fresh_equal()
{
	run 0 dsv scan "$@" --json && cp "$work/out" known &&
	rm -rf .git/dsv/cache && run 0 dsv scan "$@" --json &&
	cmp known "$work/out" && rm known
}
new_repo big
(
	cd "$repo" || exit
	table 20000 >t.csv
	dsv track t.csv --key id --label label >/dev/null
	dsv commit -q -m one
	dsv scan HEAD >/dev/null
	sed -i -e '1000i x1,"a new\nrecord x@example.org",b' -e '5000d' \
		-e 's/^777,some/777,call +49 30 1234567 some/' \
		-e 's/^19400,/new19400,/' t.csv
	dsv commit -q -a -m two
	sed -i '1s/text/words/' t.csv
	dsv commit -q -a -m three
)
test_that 'a second version costs the change and says the same' '
	run 0 dsv scan HEAD~1 --json && out_has "\"kind\":\"phone\"" &&
	fresh_equal HEAD~1
'
test_that 'another name of a column is another finding' '
	dsv scan HEAD~1 >/dev/null && fresh_equal HEAD
'
test_that 'a range scans both and says the same' '
	fresh_equal HEAD~2..HEAD~1
'
test_that 'damage in the cache costs time only' '
	run 0 dsv scan HEAD --json && cp "$work/out" sound &&
	for f in $(find .git/dsv/cache/scan -type f); do
		printf x | dd of="$f" bs=1 seek=40 conv=notrunc 2>/dev/null
	done &&
	run 0 dsv scan HEAD --json && cmp sound "$work/out" && rm sound
'
test_that 'the work tree says what the commit says' '
	run 0 dsv scan HEAD --json && sed 1d "$work/out" >a &&
	run 0 dsv scan --json -- t.csv && sed 1d "$work/out" >b &&
	cmp a b && rm a b
'
test_that 'one thread says what two say' '
	run 0 env DSV_THREADS=1 dsv scan --json t.csv && cp "$work/out" one &&
	run 0 env DSV_THREADS=2 dsv scan --json t.csv &&
	cmp one "$work/out" && rm one
'
finish
