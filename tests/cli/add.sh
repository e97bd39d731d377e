. "$(dirname "$0")/lib.sh"

new_repo r
(cd "$repo" && snapshot first "id,label" "1,cat" "2,dog")

test_that 'data goes behind a pointer, other files as they are' '
	lines animals.csv "id,label" "1,cat" "2,fox" && echo text >notes.txt &&
	run 0 dsv add animals.csv notes.txt && out_is add &&
	git cat-file -p :animals.csv >pointer && has pointer "dsv-pointer 1" &&
	sum=$(sha256sum <animals.csv) &&
	has pointer "sha256 ${sum%% *}" &&
	git cat-file -p :notes.txt >blob && cmp blob notes.txt && rm blob pointer
'

test_that 'nothing named is wrong usage' '
	run 2 dsv add && err_has "dsv add -A"
'

test_that 'a path that matches nothing stages nothing' '
	echo more >>notes.txt &&
	run 3 dsv add notes.txt nosuch && err_has nosuch &&
	git cat-file -p :notes.txt >blob && lacks blob more && rm blob
'

test_that '-A takes removed files, -u only what git knows' '
	echo new >new.txt && rm notes.txt &&
	run 0 dsv add -u && git ls-files >files && lacks files notes.txt &&
	lacks files new.txt && run 0 dsv add -A && git ls-files >files &&
	has files new.txt && rm files
'

test_that 'ignored files need --force' '
	echo "*.log" >.gitignore && echo x >a.log &&
	run 1 dsv add a.log && err_has "--force" &&
	run 0 dsv add -f a.log && git ls-files --error-unmatch a.log
'

test_that 'raw data in git is mended by --renormalize' '
	git -c filter.dsv.process= -c filter.dsv.clean=cat \
		-c filter.dsv.required=false add --renormalize animals.csv &&
	git cat-file -p :animals.csv >blob && cmp blob animals.csv &&
	run 0 dsv status && out_has "dsv add --renormalize" &&
	run 0 dsv add --renormalize animals.csv &&
	git cat-file -p :animals.csv >pointer && has pointer "dsv-pointer 1" &&
	rm blob pointer
'

test_that 'faults of the data are told, and the data is kept' '
	printf "id,label\n1,cat\n1,dog\n3\n" >animals.csv &&
	run 0 dsv add animals.csv &&
	out_has "animals.csv:3  key '"'1'"' stands on line 2 too" &&
	out_has "animals.csv:4  more or fewer fields than columns" &&
	run 0 dsv show :animals.csv && cmp "$work/out" animals.csv
'
finish
