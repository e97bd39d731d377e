#include "govern/statement_json.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>

#include "base/alloc.h"

int dsv_place_fail(const struct dsv_place *in, const char *member,
		   const char *fault)
{
	return dsv_fail(DSV_ESYNTAX, "%s: '%s%s%s' %s", in->name, in->path,
			*in->path && *member ? "." : "", member, fault);
}

static bool is_known(const char *name, const char *const *known, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

int dsv_place_members(const struct dsv_place *in, const char *const *known,
		      size_t n)
{
	const struct cJSON *at;

	if (dsv_json_type(in->node) != DSV_JSON_OBJECT)
		return dsv_place_fail(in, "", "is not an object");
	for (at = dsv_json_first(in->node); at; at = dsv_json_next(at))
		if (!is_known(dsv_json_name(at), known, n))
			return dsv_place_fail(in, dsv_json_name(at),
					      "is not known");
	for (size_t i = 0; i < n; i++)
		if (!dsv_json_get(in->node, known[i]))
			return dsv_place_fail(in, known[i], "is missing");
	return 0;
}

bool dsv_place_is_null(const struct dsv_place *in, const char *member)
{
	return dsv_json_type(dsv_json_get(in->node, member)) == DSV_JSON_NULL;
}

int dsv_place_text(const struct dsv_place *in, const char *member, size_t max,
		   char **out)
{
	const char *text = dsv_json_str(dsv_json_get(in->node, member));

	if (!text)
		return dsv_place_fail(in, member, "is not a text");
	if (strlen(text) > max)
		return dsv_place_fail(in, member, "is too long");
	free(*out);
	*out = dsv_strdup(text);
	return 0;
}

int dsv_place_word(const struct dsv_place *in, const char *member, size_t max,
		   char **out)
{
	int rc = dsv_place_text(in, member, max, out);

	if (rc < 0)
		return rc;
	return **out ? 0 : dsv_place_fail(in, member, "is empty");
}

int dsv_place_optional(const struct dsv_place *in, const char *member,
		       size_t max, char **out)
{
	return dsv_place_is_null(in, member)
		       ? 0
		       : dsv_place_text(in, member, max, out);
}

int dsv_place_name(const struct dsv_place *in, const char *member, char **out)
{
	int rc = dsv_place_word(in, member, DSV_PLACE_ID_MAX, out);

	if (rc < 0)
		return rc;
	return dsv_dataset_name_ok(*out)
		       ? 0
		       : dsv_place_fail(in, member,
					"is not a name ([a-z0-9._-])");
}

int dsv_place_id(const struct dsv_place *in, const char *member,
		 struct dsv_id *out)
{
	const char *text = dsv_json_str(dsv_json_get(in->node, member));

	if (!text || !dsv_id_parse(out, text, strlen(text)))
		return dsv_place_fail(in, member, "is not a SHA-256");
	return 0;
}

int dsv_place_optional_id(const struct dsv_place *in, const char *member,
			  bool *has, struct dsv_id *out)
{
	*has = !dsv_place_is_null(in, member);
	return *has ? dsv_place_id(in, member, out) : 0;
}

int dsv_place_number(const struct dsv_place *in, const char *member,
		     uint64_t *out)
{
	if (!dsv_json_u64(dsv_json_get(in->node, member), out))
		return dsv_place_fail(in, member,
				      "is not a whole number below 2^53");
	return 0;
}

int dsv_place_bool(const struct dsv_place *in, const char *member, bool *out)
{
	if (!dsv_json_bool(dsv_json_get(in->node, member), out))
		return dsv_place_fail(in, member, "is neither true nor false");
	return 0;
}

struct dsv_place dsv_place_inside(const struct dsv_place *in,
				  const char *member, const char *path)
{
	const struct dsv_place place = {in->name, path,
					dsv_json_get(in->node, member)};

	return place;
}

int dsv_place_list(const struct dsv_place *in, const char *member, size_t max,
		   size_t *out_n)
{
	const struct cJSON *list = dsv_json_get(in->node, member);

	if (dsv_json_type(list) != DSV_JSON_LIST)
		return dsv_place_fail(in, member, "is not a list");
	*out_n = dsv_json_count(list);
	if (*out_n > max)
		return dsv_place_fail(in, member, "is too long");
	return 0;
}
