. "$(dirname "$0")/lib.sh"

new_repo r
lines "$repo/reviews.csv" id,text,sentiment,worker '1,good,pos,ana' \
	'2,bad,neg,ben' '3,meh,neutral,ana' '4,fine,pos,ben' '5,,pos,ana' \
	'6,hm,,ben'

test_that 'without a terminal it never guesses' '
	run 2 dsv track reviews.csv && out_is track_look &&
	err_has "hint: dsv track reviews.csv --key id --label sentiment" &&
	[ ! -e .dsv/datasets.yaml ] && [ ! -e .gitattributes ]
'

test_that 'the command to paste works' '
	run 0 dsv track reviews.csv --key id --label sentiment &&
	same_as golden/track_datasets .dsv/datasets.yaml &&
	same_as golden/track_attributes .gitattributes &&
	git status --porcelain >status && out_has wrote &&
	same_as golden/track_status status && rm status
'

test_that 'tracking the same again changes nothing' '
	cp .dsv/datasets.yaml kept &&
	run 0 dsv track reviews.csv --key id --label sentiment &&
	out_has "tracked already" && cmp kept .dsv/datasets.yaml && rm kept
'

test_that '--yes takes the proposal, --name unites files' '
	lines a.csv id,label 1,x 2,y 3,x && cp a.csv b.csv &&
	run 0 dsv track --yes --name pair a.csv b.csv &&
	has .dsv/datasets.yaml "name: pair" &&
	has .gitattributes "/a.csv filter=dsv" &&
	has .gitattributes "/b.csv filter=dsv"
'

test_that 'a file that is not there is named with its neighbour' '
	run 3 dsv track revews.csv &&
	err_has "dsv: '"'revews.csv'"' not found" &&
	err_has "did you mean '"'reviews.csv'"'?"
'

test_that 'a column that is not there is named with its neighbour' '
	lines c.csv id,label 1,x &&
	run 2 dsv track c.csv --key ident --label label && err_has "id" &&
	run 2 dsv track c.csv --key id --label labell && err_has "label" &&
	lacks .dsv/datasets.yaml "c.csv"
'

test_that 'a folder, a pattern and names with blanks work' '
	mkdir data && lines "data/a b.csv" id,label 1,x &&
	lines data/c.csv id,label 2,y &&
	run 0 dsv track "data/*.csv" --key id --label label &&
	has .dsv/datasets.yaml "data/*.csv" &&
	git check-attr filter "data/a b.csv" >attr && has attr "dsv" && rm attr
'

test_that 'what is wrong with the data is told, and the file is tracked' '
	printf "id,label\n1,x\n1,y\n2\n" >bad.csv &&
	run 0 dsv track bad.csv --key id --label label &&
	out_has "bad.csv:3  key '"'1'"' stands on line 2 too" &&
	out_has "bad.csv:4  more or fewer fields than columns"
'

test_that 'a path outside the repository is refused' '
	lines ../outside.csv id,label 1,x &&
	run 2 dsv track ../outside.csv --yes && err_has "outside"
'

test_that 'a name of another form is refused' '
	lines d.csv id,label 1,x &&
	run 2 dsv track d.csv --name "No Such" --yes && err_has "No Such"
'

if have_tty; then
	test_that 'on a terminal it asks, and no means no' '
		lines asked.csv id,label 1,x 2,y 3,x &&
		echo n >answer &&
		! script -qec "dsv track asked.csv" /dev/null <answer >shown &&
		has shown "with this key and label? [Y/n]" &&
		lacks .gitattributes asked.csv && rm answer shown
	'
else
	skip 'on a terminal it asks' 'no script(1)'
fi
test_that 'a column named twice is refused' '
	lines twice.csv id,label 1,cat && before=$(cat .dsv/datasets.yaml) &&
	run 2 dsv track twice.csv --key id,id --label label &&
	err_has "named twice" && [ "$before" = "$(cat .dsv/datasets.yaml)" ] &&
	rm twice.csv
'
finish
