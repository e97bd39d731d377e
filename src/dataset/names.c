#include "dataset/look.h"

#include <ctype.h>
#include <string.h>

/* What columns are commonly called in labelled data sets. A name is compared
 * in lower case, with '_' for what is neither letter nor digit. */
static const char *const key_names[] = {
	"id", "key", "uuid", "guid", "uid", "_id", "rowid", "record_id", NULL};
static const char *const key_tails[] = {"_id",	"_key",	 "_uuid", "_guid",
					"_uid", "_code", NULL};
static const char *const named_things[] = {
	"name", "code",	 "url", "uri",	 "file", "filename", "file_name",
	"path", "image", "doc", "index", "slug", "act",	     NULL};
static const char *const label_names[] = {
	"label",   "labels",   "class",	  "classes", "category", "sentiment",
	"target",  "tag",      "tags",	  "y",	     "gold",	 "annotation",
	"intent",  "emotion",  "vote",	  "verdict", "relation", "polarity",
	"stance",  "toxicity", "topic",	  "rating",  "answer",	 "continent",
	"outcome", "is_toxic", "is_spam", NULL};
static const char *const label_tails[] = {
	"_label", "_class", "_category", "_tag", "_sentiment", "_labels", NULL};
static const char *const annotators[] = {
	"annotator",   "worker",	 "rater",	"labeler",
	"labeller",    "coder",		 "judge",	"annotated_by",
	"labelled_by", "labeled_by",	 "worker_id",	"annotator_id",
	"rater_id",    "annotator_name", "contributor", "reviewer",
	NULL};

#define NAME_SIZE 64u

static void plain_name(const char *name, char out[NAME_SIZE])
{
	size_t i;

	for (i = 0; name[i] && i < NAME_SIZE - 1; i++) {
		unsigned char ch = (unsigned char)name[i];

		out[i] = isalnum(ch) || ch >= 0x80 ? (char)tolower(ch) : '_';
	}
	out[i] = '\0';
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(name, *list) == 0)
			return true;
	}
	return false;
}

static bool ends_like(const char *name, const char *const *tails)
{
	size_t len = strlen(name);

	for (; *tails; tails++) {
		size_t tail = strlen(*tails);

		if (len > tail && strcmp(name + len - tail, *tails) == 0)
			return true;
	}
	return false;
}

/* "imageId", "userID": a lower-case letter before the two. */
static bool is_camel_id(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && islower((unsigned char)name[len - 3]) &&
	       (strcmp(name + len - 2, "Id") == 0 ||
		strcmp(name + len - 2, "ID") == 0);
}

unsigned dsv_name_rank_key(const char *name, size_t position)
{
	char plain[NAME_SIZE];

	plain_name(name, plain);
	if (is_one_of(plain, key_names))
		return 0;
	if (dsv_name_is_annotator(name))
		return 4;
	if (ends_like(plain, key_tails) || is_camel_id(name) ||
	    strncmp(plain, "id_", 3) == 0)
		return 1;
	if (is_one_of(plain, named_things))
		return 2;
	return position == 0 ? 3 : 4;
}

bool dsv_name_is_label(const char *name)
{
	char plain[NAME_SIZE];

	plain_name(name, plain);
	return is_one_of(plain, label_names) || ends_like(plain, label_tails) ||
	       strncmp(plain, "label_", 6) == 0;
}

bool dsv_name_is_annotator(const char *name)
{
	char plain[NAME_SIZE];

	plain_name(name, plain);
	return is_one_of(plain, annotators);
}
