#include "dataset/reading.h"

#include <string.h>

#include <dsv/buf.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/codec.h"
#include "base/digest.h"

static int format_unknown(const char *name)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_format *const *all = dsv_formats();
	const char *near;

	for (size_t i = 0; all[i]; i++)
		dsv_strlist_add(&known, all[i]->name);
	dsv_fail(DSV_EUSAGE, "format '%s' is not known", name);
	near = dsv_nearest(name, &known);
	if (near)
		dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return DSV_EUSAGE;
}

static int choose_format(const struct dsv_format **out,
			 const struct dsv_dataset *set, const char *path,
			 const char *given)
{
	const char *name = given ? given : set ? set->format : NULL;

	*out = name ? dsv_format_named(name) : dsv_format_of_path(path);
	return *out ? 0 : format_unknown(name);
}

static void choose_columns(struct dsv_strlist *out,
			   const struct dsv_strlist *given,
			   const struct dsv_strlist *defined)
{
	if (given && given->n > 0)
		dsv_strlist_copy(out, given);
	else if (defined)
		dsv_strlist_copy(out, defined);
}

int dsv_reading_of_path(struct dsv_reading *out,
			const struct dsv_datasets *sets, const char *path,
			const struct dsv_reading_opts *opts)
{
	static const struct dsv_reading_opts none = {0};
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	const struct dsv_dataset *set;
	int rc;

	if (!opts)
		opts = &none;
	set = sets ? dsv_datasets_of_path(sets, path) : NULL;
	rc = choose_format(&reading.format, set, path, opts->format);
	if (rc < 0)
		return rc;
	choose_columns(&reading.key, opts->key, set ? &set->key : NULL);
	choose_columns(&reading.labels, opts->labels,
		       set ? &set->labels : NULL);
	reading.dataset = set;
	if (set) {
		reading.renamed = set->renamed;
		reading.n_renamed = set->n_renamed;
	}
	*out = reading;
	reading = (struct dsv_reading)DSV_READING_INIT;
	return 0;
}

void dsv_reading_release(struct dsv_reading *reading)
{
	dsv_strlist_release(&reading->key);
	dsv_strlist_release(&reading->labels);
	*reading = (struct dsv_reading)DSV_READING_INIT;
}

void dsv_reading_copy(struct dsv_reading *out,
		      const struct dsv_reading *reading)
{
	*out = *reading;
	out->key = (struct dsv_strlist)DSV_STRLIST_INIT;
	out->labels = (struct dsv_strlist)DSV_STRLIST_INIT;
	dsv_strlist_copy(&out->key, &reading->key);
	dsv_strlist_copy(&out->labels, &reading->labels);
}

static void put_text(struct dsv_buf *out, const char *text)
{
	dsv_put_string(out, text, strlen(text));
}

static void put_list(struct dsv_buf *out, const struct dsv_strlist *list)
{
	dsv_put_varint(out, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_text(out, list->items[i]);
}

void dsv_reading_id(const struct dsv_reading *reading, struct dsv_id *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	put_text(&text, "dsv-reading 1");
	put_text(&text, reading->format->name);
	dsv_put_u8(&text, reading->format->scan_version);
	put_list(&text, &reading->key);
	put_list(&text, &reading->labels);
	dsv_put_varint(&text, reading->n_renamed);
	for (size_t i = 0; i < reading->n_renamed; i++) {
		put_text(&text, reading->renamed[i].name);
		put_list(&text, &reading->renamed[i].older);
	}
	dsv_id_of(text.data, text.len, out);
}

static long older_column(const struct dsv_renamed *renamed,
			 const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < renamed->older.n; i++) {
		long at = dsv_strlist_find(columns, renamed->older.items[i]);

		if (at >= 0)
			return at;
	}
	return -1;
}

long dsv_reading_column(const struct dsv_reading *reading,
			const struct dsv_strlist *columns, const char *name)
{
	long at = dsv_strlist_find(columns, name);

	for (size_t i = 0; at < 0 && i < reading->n_renamed; i++) {
		if (strcmp(reading->renamed[i].name, name) == 0)
			at = older_column(&reading->renamed[i], columns);
	}
	return at;
}
