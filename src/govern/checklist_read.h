#ifndef GOVERN_CHECKLIST_READ_H
#define GOVERN_CHECKLIST_READ_H

/* Reading checklists and copies of them that somebody filled. */

#define DSV_CHECKLIST_MAX (256u * 1024u) /* bytes of the file */
#define DSV_QUESTIONS_MAX 256u
#define DSV_NOTE_MAX	  4096u /* bytes */

#endif
