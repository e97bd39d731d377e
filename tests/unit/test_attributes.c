#include "gitrepo.h"

#include "repo/attributes.h"
#include "repo/attrrules.h"

/* As `git check-attr` prints it. */
static const char *shown(const struct dsv_attr_value *value)
{
	switch (value->state) {
	case DSV_ATTR_SET:
		return "set";
	case DSV_ATTR_UNSET:
		return "unset";
	case DSV_ATTR_VALUE:
		return value->value;
	default:
		return "unspecified";
	}
}

static void check_against_git(struct dsv_repo *repo, const char *path)
{
	struct dsv_attr_value values[DSV_ATTR_N];
	char line[256];
	char *answer;
	FILE *git;

	assert_int_equal(dsv_attributes_of_path(repo, path, values), 0);
	sh("git check-attr -z filter text eol ident working-tree-encoding "
	   "diff merge crlf -- '%s' 2>/dev/null | tr '\\0' '\\n' | sed -n "
	   "'3~3p' "
	   ">../answer",
	   path);
	git = fopen("../answer", "r");
	assert_non_null(git);
	for (size_t i = 0; i < DSV_ATTR_N; i++) {
		answer = fgets(line, sizeof(line), git);
		assert_non_null(answer);
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, shown(&values[i])) != 0)
			fail_msg("%s of %s: git says %s, we %s",
				 dsv_attr_name((enum dsv_attr)i), path, line,
				 shown(&values[i]));
	}
	fclose(git);
}

static void test_attributes__as_git_tells_them(void **state)
{
	static const char *const paths[] = {
		"a.csv",	"data/a.csv",	  "data/x/a.csv",
		"data/x/b.txt", "data/x/y/b.txt", "img.png",
		"data/img.png", "sub/m.mac",	  "top.mac",
		"raw.png",	"q r.csv",	  "data/deep/z.jsonl",
		"Data/a.csv",	"sub/data/a.csv", "e.iso",
		"data/[x].csv",
	};
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("mkdir -p data/x/y data/deep sub");
	put(".gitattributes", "[attr]mac -text filter=mm diff\n"
			      "# a comment\n"
			      "* text=auto\n"
			      "*.csv filter=dsv diff=dsv merge=dsv -text\n"
			      "*.png binary\nraw.png crlf=input\n"
			      "*.mac mac\n"
			      "/data/**/b.txt eol=crlf ident\n"
			      "\"q r.csv\" !filter -diff\n"
			      "*.iso working-tree-encoding=ISO-8859-1\n"
			      "data/\\[x\\].csv merge=union\n"
			      "dir/ filter=dir\n");
	put("data/.gitattributes", "x/*.csv !filter text\n*.png -binary\n"
				   "deep/** filter=deep\n");
	put("data/x/.gitattributes", "\xef\xbb\xbf*.txt -ident\n");
	put("sub/.gitattributes", "[attr]mac text\n*.mac mac -diff\n");
	put(".git/info/attributes", "data/deep/* merge=info\r\n");
	repo = open_here();
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		check_against_git(repo, paths[i]);
}

static void test_attributes__of_the_index_where_no_file_is(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put(".gitattributes", "*.csv filter=dsv\n");
	sh("git add . && rm .gitattributes");
	repo = open_here();
	assert_true(dsv_path_is_filtered(repo, "a/b.csv"));
	assert_false(dsv_path_is_filtered(repo, "a/b.txt"));
}

static void test_attributes__changed_file_is_seen_when_asked(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	assert_false(dsv_path_is_filtered(repo, "a.csv"));
	put(".gitattributes", "*.csv filter=dsv\n");
	dsv_attributes_forget(repo);
	assert_true(dsv_path_is_filtered(repo, "a.csv"));
}

static void test_attributes__who_overrides_is_named(void **state)
{
	static const struct {
		const char *path;
		const char *fault; /* NULL: none */
	} rows[] = {
		{"a.csv", NULL},
		{"none.txt", "no .gitattributes sets filter=dsv"},
		{"lfs.csv", ".gitattributes:2 sets filter=lfs"},
		{"d/a.csv", "d/.gitattributes:2 sets text=auto"},
		{"d/i.csv", "d/.gitattributes:3 sets ident"},
		{"d/e.csv",
		 "d/.gitattributes:4 sets working-tree-encoding=UTF-16"},
		{"d/n.csv", "d/.gitattributes:5 unsets filter"},
		{"d/u.csv", "d/.gitattributes:6 leaves out -text"},
		{"b.bin", "no .gitattributes sets -text"},
	};
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("mkdir d");
	put(".gitattributes", "*.csv filter=dsv -text\nlfs.csv filter=lfs\n"
			      "*.bin filter=dsv\n");
	put("d/.gitattributes",
	    "\na.csv text=auto\ni.csv ident\n"
	    "e.csv working-tree-encoding=UTF-16\nn.csv -filter\n"
	    "u.csv !text\n");
	repo = open_here();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

		assert_int_equal(dsv_attributes_fault(repo, rows[i].path, &out),
				 rows[i].fault != NULL);
		assert_string_equal(dsv_buf_str(&out),
				    rows[i].fault ? rows[i].fault : "");
	}
}

static void test_attributes__broken_lines_are_passed_over(void **state)
{
	static const char text[] =
		"\"no end filter=x\n\"bad\\q\" filter=x\n"
		"!bad filter=n\n\\ filter=y\n[attr]\n\n   \n* filter=z";
	struct dsv_attr_rules rules DSV_AUTO(attr_rules) = DSV_ATTR_RULES_INIT;
	struct dsv_attr_names names DSV_AUTO(attr_names) = {0};
	struct dsv_attr_value values[DSV_ATTR_N];
	bool said[64] = {false};
	struct dsv_attr_answer answer = {.said = said, .values = values};

	(void)state;
	dsv_attr_names_init(&names);
	for (size_t n = 0; n < strlen(text); n++) {
		dsv_attr_rules_release(&rules);
		dsv_attr_rules_parse(&rules, &names, "f", text, n);
	}
	dsv_attr_rules_release(&rules);
	dsv_attr_rules_parse(&rules, &names, "f", text, strlen(text));
	dsv_attr_rules_apply(&rules, "a", &answer);
	assert_string_equal(values[DSV_ATTR_FILTER].value, "z");
	assert_int_equal(values[DSV_ATTR_FILTER].line, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_attributes__as_git_tells_them),
		gitrepo_test(test_attributes__of_the_index_where_no_file_is),
		gitrepo_test(test_attributes__changed_file_is_seen_when_asked),
		gitrepo_test(test_attributes__who_overrides_is_named),
		gitrepo_test(test_attributes__broken_lines_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
