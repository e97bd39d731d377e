. "$(dirname "$0")/lib.sh"

# Two raters with the table [[20,20],[10,50]]: Cohen's kappa .3478261.
two_by_two()
{
	echo id,ann,ben
	i=0
	while [ "$i" -lt 100 ]; do
		a=neg b=neg
		[ "$i" -lt 40 ] && a=pos
		[ "$i" -lt 20 ] && b=pos
		[ "$i" -ge 40 ] && [ "$i" -lt 50 ] && b=pos
		i=$((i + 1))
		echo "$i,$a,$b"
	done
}

new_repo r
(
	cd "$repo" || exit
	lines wide.csv id,ann,ben,cho 1,cat,cat,dog 2,dog,dog,dog 3,cat,, 4,,, \
		5,emu,cat,emu
	lines long.csv item,who,label 1,ann,cat 5,cho,emu 1,ben,cat 1,cho,dog \
		2,ann,dog 2,ben,dog 2,cho,dog 3,ann,cat 4,ann, 5,ann,emu \
		5,ben,cat
	lines level.csv id,ann,ben 1,low,low 2,low,mid 3,high,high 4,mid,high \
		5,high,low 6,mid,mid
	two_by_two >two.csv
	cat >votes.jsonl <<-'END'
	{"id":1,"by":"ann","vote":{"label":"cat"}}
	{"id":1,"by":"ben","vote":{"label":"cat"}}
	{"id":2,"by":"ann","vote":{"label":"dog"}}
	{"id":2,"by":"ben","vote":{"label":null}}
	{"id":3,"by":"ben","vote":{"label":"cat"}}
	{"id":3,"by":"ann","vote":{"label":"dog"}}
	END
)
agreement='dsv audit agreement'

test_that 'a row an item' '
	run 0 $agreement wide.csv --key id && out_is agreement_wide
'
test_that 'a row a rating gives the same, in any order of rows' '
	$agreement wide.csv --key id >wide.out &&
	run 0 $agreement long.csv --item item --rater who --label label &&
	tail -n +2 wide.out >want && tail -n +2 "$work/out" >have &&
	diff want have && rm want have wide.out
'
test_that 'two raters: the table' '
	run 0 $agreement two.csv --key id && out_is agreement_two
'
test_that '--json' '
	run 0 $agreement two.csv --key id --json && out_is agreement_two_json &&
	run 0 $agreement wide.csv --key id --json && out_is agreement_wide_json
'
test_that 'labels with an order' '
	run 0 $agreement level.csv --key id --level ordinal \
		--order low,mid,high && out_is agreement_ordinal
'
test_that 'labels of the order that nobody gave count' '
	run 0 $agreement level.csv --key id --level ordinal \
		--order none,low,mid,high && out_has "none" &&
	out_has "Gwet'"'"'s AC1            0.3571"
'
test_that 'numbers stand in the order of their values' '
	lines numbers.csv id,a,b 1,9,9 2,10,9 3,-1.5,10 4,10,10 5,9,-1.5 &&
	run 0 $agreement numbers.csv --key id --level interval --json &&
	grep -o "\"label\":\"[^\"]*" "$work/out" | cut -d: -f2 >have &&
	lines want "\"-1.5" "\"9" "\"10" && diff want have && rm want have &&
	run 2 $agreement numbers.csv --key id --level interval --order 9,10 &&
	sed -i "s/-1.5/0x1p3/" numbers.csv &&
	run 2 $agreement numbers.csv --key id --level interval &&
	err_has "0x1p3"
'
test_that 'only some raters' '
	run 0 $agreement wide.csv --raters ann,cho && out_has "2 raters" &&
	out_lacks ben
'
test_that 'nested JSON' '
	run 0 $agreement votes.jsonl --item id --rater by \
		--label /vote/label && out_has "2 items compared, 2 raters"
'
test_that 'a row an item of JSON needs the names of the raters' '
	lines items.jsonl "{\"a\":\"x\",\"b\":\"x\"}" "{\"a\":\"y\",\"b\":\"x\"}" &&
	run 2 $agreement items.jsonl --key id && err_has "--raters" &&
	run 0 $agreement items.jsonl --raters a,b &&
	run 2 $agreement items.jsonl --raters a,c && err_has "'"'c'"'"
'
test_that 'standard input, with its format' '
	run 0 sh -c "dsv audit agreement - --format csv --key id <two.csv" &&
	out_has 0.3478
'
test_that 'outside of a repository' '
	mkdir -p "$work/none" && cp two.csv "$work/none" && cd "$work/none" &&
	GIT_CEILING_DIRECTORIES=$work run 0 $agreement two.csv --key id &&
	out_has 0.3478
'
test_that 'a file outside of this repository' '
	run 0 $agreement "$work/none/two.csv" --key id && out_has 0.3478
'
test_that 'the key of the definition; an older version' '
	dsv track two.csv --key id --label ann >/dev/null &&
	dsv commit -q -m Two && run 0 $agreement two.csv && out_has 0.3478 &&
	sed -i "s/,neg,pos/,neg,neg/" two.csv && run 0 $agreement two.csv &&
	out_lacks 0.3478 && run 0 $agreement HEAD:two.csv && out_has 0.3478 &&
	git checkout -q two.csv
'
test_that 'a key with the annotator in it is a row a rating' '
	dsv track long.csv --key item,who --label label --annotator who \
		>/dev/null && run 0 $agreement long.csv &&
	out_has "3 items compared, 3 raters"
'
test_that 'nothing is guessed' '
	run 2 $agreement wide.csv && err_has "--raters" && err_has "--key" &&
	run 2 $agreement level.csv --key id --level ordinal &&
	err_has "--order" && run 2 $agreement level.csv --key id --order low &&
	err_has "--level ordinal" &&
	run 2 $agreement level.csv --key id --level ordinal --order low,mid &&
	err_has "label '"'high'"' has no place" &&
	run 2 $agreement level.csv --key id --level ordinal --order low,low &&
	err_has twice &&
	run 2 $agreement level.csv --key id --level interval &&
	err_has "is no number"
'
test_that 'what does not fit together is wrong usage' '
	run 2 $agreement long.csv --item item --rater who && err_has "--label" &&
	run 2 $agreement long.csv --item item --rater who --label label \
		--raters who && err_has "a column a rater" &&
	run 2 $agreement wide.csv --raters ann && err_has "two raters" &&
	run 2 $agreement wide.csv --raters ann,ann && err_has "twice" &&
	run 2 $agreement wide.csv --raters ann,bne &&
	err_has "did you mean '"'ben'"'" &&
	run 2 $agreement wide.csv --key id --confidence 95 &&
	err_has "0.95" && run 2 $agreement two.csv:7
'
test_that 'a faulty row is named, and nothing is computed' '
	lines bad.csv id,a,b 1,x,x 2,x && run 3 $agreement bad.csv --key id &&
	err_has "bad.csv:3: ragged_row" && is_empty "$work/out" &&
	lines bad.csv id,a,b 1,x,x 1,x,y && run 3 $agreement bad.csv --key id &&
	err_has "bad.csv:3: item '"'1'"' stands twice" &&
	lines bad.csv id,a,b 1,x,x ,x,y && run 3 $agreement bad.csv --key id &&
	err_has "bad.csv:3: no key"
'
test_that 'a rater who gave an item two labels is named' '
	lines bad.csv i,r,l 7,ann,x 7,ben,x 8,ben,y 7,ann,x &&
	run 3 $agreement bad.csv --item i --rater r --label l &&
	err_has "rater '"'ann'"' gave item '"'7'"' two labels" &&
	lines bad.csv i,r,l 7,,x && run 3 $agreement bad.csv --item i \
		--rater r --label l && err_has "bad.csv:2: no rater" &&
	lines bad.csv i,r,l ,ann,x && run 3 $agreement bad.csv --item i \
		--rater r --label l && err_has "bad.csv:2: no item"
'
test_that 'what cannot be compared is an error, what cannot be said undefined' '
	lines few.csv id,a,b 1,x, 2,,y && run 3 $agreement few.csv --key id &&
	err_has "no item has labels of two raters" &&
	lines few.csv id,a,b && run 3 $agreement few.csv --key id &&
	lines few.csv id,a,b 1,x,x 2,x,x && run 0 $agreement few.csv --key id &&
	out_has undefined && out_has "all ratings are one label" &&
	run 0 $agreement few.csv --key id --json &&
	out_has "\"alpha_nominal\":null" && out_lacks nan
'
test_that 'text of data is safe on a terminal' '
	printf "id,a,b\n1,\033[31mx,y\n2,y,y\n" >escape.csv &&
	run 0 $agreement escape.csv --key id &&
	out_lacks "$(printf "\033")" && out_has "\\x1b[31mx"
'
rm -f "$repo"/bad.csv
finish
