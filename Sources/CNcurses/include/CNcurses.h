#pragma once

// The few calls of ncurses that the painter needs. ncurses only turns cells into the fewest bytes: its output goes to
// a descriptor of ours (a file in memory), never to the terminal, because it spins on a terminal that takes no bytes;
// and it never reads keys. One screen a process, one thread.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a terminal type is good for.
enum tg_type { TG_TYPE_GOOD, TG_TYPE_UNKNOWN, TG_TYPE_NO_CURSOR };

/// Attributes of a run; the bits are ours, not those of ncurses.
enum tg_attribute { TG_BOLD = 1, TG_REVERSE = 2, TG_UNDERLINE = 4, TG_DIM = 8 };

/// One cell's content: a base, up to four marks, then zeros; and the columns that the caller counted for it.
typedef struct {
    uint32_t scalars[5];
    uint32_t width;
} tg_glyph;

/// Sets the character type of the locale from the environment; `is_utf8_named` says that the environment names a
/// UTF-8 locale, so that C.UTF-8 is taken where that one is not installed. Returns whether it is UTF-8 now.
int tg_locale(int is_utf8_named);

/// Looks a terminal type up and returns an `enum tg_type`.
int tg_type_probe(const char *type);

/// Starts a screen of a type. Its bytes go to `output`; `input` is never read (an end of /dev/null).
/// Returns 0, -1 where the type will not do, -2 where a screen is open.
int tg_screen_open(const char *type, int output, int input, int rows, int columns);

/// Ends the screen and frees what it holds; writes nothing that matters. Does nothing without a screen.
void tg_screen_close(void);

/// Colours of the screen's type, 0 for none.
int tg_screen_colours(void);

/// Colour pairs of the screen's type.
int tg_screen_pairs(void);

/// Gives the screen another size. Returns 0 or -1.
int tg_screen_resize(int rows, int columns);

/// Makes the next `tg_screen_update` paint every cell.
void tg_screen_repaint(void);

/// Empties the picture that the next `tg_screen_update` sends.
void tg_screen_erase(void);

/// Defines a colour pair; -1 is the terminal's own colour. Returns 0 or -1.
int tg_pair_define(int pair, int foreground, int background);

/// Puts glyphs side by side from a place on. What the C library does not hold for as wide as the caller does is
/// replaced, so that one glyph never shifts its row.
void tg_put_run(int row, int column, const tg_glyph *glyphs, size_t count, unsigned attributes, int pair);

/// Turns what changed since the last call into bytes on the screen's output. Returns 0 or -1.
int tg_screen_update(void);

/// The string capability of the screen's type without its padding; returns its length, 0 when there is none.
size_t tg_capability(const char *name, char *into, size_t size);

#ifdef __cplusplus
}
#endif
