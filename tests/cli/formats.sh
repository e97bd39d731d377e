. "$(dirname "$0")/lib.sh"

new_repo r
test_that 'TSV' '
	printf "id\tlabel\n1\tcat\n2\tdog\n" >a.tsv &&
	dsv track a.tsv --key id --label label >/dev/null &&
	dsv commit -qm tsv && sed -i "s/dog/fox/" a.tsv &&
	run 0 dsv diff && out_has a.tsv:2 && out_has "- dog" && dsv commit -qam t
'
test_that 'JSON lines, nested values and numbers as they are written' '
	lines a.jsonl "{\"id\":1,\"label\":\"cat\",\"n\":1.10}" \
		"{\"id\":2,\"label\":\"dog\",\"n\":{\"b\":1,\"a\":2}}" &&
	dsv track a.jsonl --key id --label label >/dev/null &&
	dsv commit -qm jsonl &&
	lines a.jsonl "{\"id\":1,\"label\":\"cat\",\"n\":1.1}" \
		"{\"id\":2,\"n\":{\"a\":2,\"b\":1},\"label\":\"dog\"}" &&
	run 0 dsv diff && out_has "a.jsonl:1" && out_has "- 1.10" &&
	out_lacks "a.jsonl:2" && run 0 dsv diff --json &&
	out_has "\"n\":[1.10,1.1]" && dsv commit -qam j
'
test_that 'a JSON array' '
	printf "[\n{\"id\":1,\"label\":\"cat\"},\n{\"id\":2,\"label\":\"dog\"}\n]\n" >a.json &&
	dsv track a.json --key id --label label >/dev/null &&
	dsv commit -qm json && sed -i "s/dog/fox/" a.json && run 0 dsv diff &&
	out_has "a.json:2" && dsv commit -qam j
'
test_that 'plain lines' '
	lines a.txt one two three &&
	dsv track a.txt --format plain --yes >/dev/null && dsv commit -qm p &&
	lines a.txt one two four && run 0 dsv diff --stat && out_has "+1" &&
	dsv commit -qam p
'
test_that 'other files are kept and compared as bytes' '
	head -c 50000 /dev/zero | tr "\0" "\377" >a.bin &&
	dsv track a.bin --yes >/dev/null && dsv commit -qm b && cp a.bin ../kept &&
	printf x >>a.bin && run 0 dsv diff && out_has "a.bin  modified" &&
	git checkout -q a.bin && cmp ../kept a.bin
'
test_that 'CSV with newlines, quotes, CRLF and a byte order mark' '
	printf "\357\273\277id,text,label\r\n1,\"two\r\nlines\",cat\r\n2,\"a \"\"q\"\"\",dog\r\n" >q.csv &&
	cp q.csv ../kept && dsv track q.csv --key id --label label >/dev/null &&
	dsv commit -qm q && rm q.csv && git checkout -q q.csv &&
	cmp ../kept q.csv && sed -i "s/dog/fox/" q.csv && run 0 dsv diff &&
	out_has "q.csv:2" && out_has "- dog" && out_lacks "q.csv:1" &&
	dsv commit -qam q
'
finish
