#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <dsv/buf.h>
#include <dsv/progress.h>

/* The terminal: what it can, the pager, the progress line, questions. */

/** Columns of the terminal (COLUMNS wins); 80 where there is none. */
unsigned dsv_term_width(int fd);
/** A terminal, not TERM=dumb, and NO_COLOR is empty. */
bool dsv_term_has_colour(int fd);
bool dsv_term_is_utf8(void);

/** Send standard output through git's pager; 0: there is none. */
pid_t dsv_term_start_pager(void);
void dsv_term_wait_pager(pid_t pager);

/** A line on standard error once work has taken a second; NULL where that is
 * no terminal. */
struct dsv_progress *dsv_term_progress_open(void);
/** Erase the line, so that other text may follow. */
void dsv_term_progress_clear(void);

/** A line for people on standard error; made safe to show. */
void dsv_term_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * Ask on the terminal. An empty answer means yes.
 *
 * @return  1 yes, 0 no, negative; DSV_EUSAGE where there is no terminal
 */
int dsv_term_ask(const char *question);
/** The same, an empty answer means no. */
int dsv_term_confirm(const char *question);
/**
 * A line of text after the prompt, without blanks around it; made safe to
 * show.
 *
 * @return  1, 0 at the end of the input, negative as above
 */
int dsv_term_line(const char *prompt, struct dsv_buf *out);
/** True where both standard input and standard error are terminals. */
bool dsv_term_can_ask(void);

#endif
