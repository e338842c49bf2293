#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include "CNcurses.h"

#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <ncursesw/term.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

// term.h names these so.
#undef columns
#undef lines

static SCREEN *screen;
static FILE *output_file;
static FILE *input_file;
static int is_utf8;

int tg_locale(int is_utf8_named) {
    int is_set = setlocale(LC_CTYPE, "") != NULL;
    is_utf8 = is_set && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!is_utf8 && is_utf8_named && setlocale(LC_CTYPE, "C.UTF-8")) is_utf8 = 1;
    return is_utf8;
}

int tg_type_probe(const char *type) {
    int error = 0;
    TERMINAL *before = set_curterm(NULL);
    int found = setupterm(type, STDOUT_FILENO, &error) == OK;
    int answer = TG_TYPE_UNKNOWN;
    if (found) {
        char *move = tigetstr("cup");
        answer = move && move != (char *)-1 ? TG_TYPE_GOOD : TG_TYPE_NO_CURSOR;
        TERMINAL *probed = set_curterm(before);
        if (probed) del_curterm(probed);
    } else {
        set_curterm(before);
    }
    return answer;
}

// newterm installs handlers of its own; ours come by a descriptor, and a resize seen by curses' handler is late.
static const int taken_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
enum { TAKEN = sizeof taken_signals / sizeof taken_signals[0] };

static SCREEN *start(const char *type) {
    struct sigaction kept[TAKEN];
    for (int i = 0; i < TAKEN; i++) sigaction(taken_signals[i], NULL, &kept[i]);
    SCREEN *made = newterm(type, output_file, input_file);
    for (int i = 0; i < TAKEN; i++) sigaction(taken_signals[i], &kept[i], NULL);
    return made;
}

static void close_files(void) {
    if (output_file) fclose(output_file);
    if (input_file) fclose(input_file);
    output_file = NULL;
    input_file = NULL;
}

static FILE *stream(int fd, const char *mode) {
    int copy = dup(fd);
    FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
    if (!file && copy >= 0) close(copy);
    return file;
}

static int is_small(const char *name) {
    const char *value = getenv(name);
    return !value || (atol(value) >= 0 && atol(value) <= 1000);
}

int tg_screen_open(const char *type, int output, int input, int rows, int columns) {
    if (screen) return -2;
    output_file = stream(output, "w");
    input_file = stream(input, "r");
    if (output_file && input_file) {
        use_env(FALSE);
        screen = start(type);
        if (!screen && is_small("LINES") && is_small("COLUMNS")) {
            // Types without a size of their own (linux) start only this way; the size is set below all the same.
            use_env(TRUE);
            screen = start(type);
        }
    }
    if (!screen) {
        close_files();
        return -1;
    }
    raw();
    noecho();
    nonl();
    typeahead(-1);
    leaveok(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
    curs_set(0);
    if (has_colors() && start_color() == OK) use_default_colors();
    keypad(stdscr, TRUE);
    return tg_screen_resize(rows, columns);
}

void tg_screen_close(void) {
    if (!screen) return;
    delscreen(screen);
    screen = NULL;
    close_files();
}

int tg_screen_colours(void) { return screen && has_colors() ? COLORS : 0; }

int tg_screen_pairs(void) { return screen && has_colors() ? COLOR_PAIRS : 0; }

int tg_screen_resize(int rows, int columns) {
    if (!screen) return -1;
    if (is_term_resized(rows, columns) && resize_term(rows, columns) != OK) return -1;
    leaveok(stdscr, TRUE);
    return 0;
}

void tg_screen_repaint(void) {
    if (screen) clearok(curscr, TRUE);
}

void tg_screen_erase(void) {
    if (screen) werase(stdscr);
}

int tg_pair_define(int pair, int foreground, int background) {
    if (!screen || !has_colors() || pair <= 0 || pair >= COLOR_PAIRS) return -1;
    return init_extended_pair(pair, foreground, background) == OK ? 0 : -1;
}

// What is shown where the locale has no such character.
static wchar_t plain(uint32_t scalar) {
    switch (scalar) {
    case 0x2026: return L'.';
    case 0x203A: return L'>';
    case 0x2016: return L'=';
    case 0x2013: case 0x2014: return L'-';
    case 0x00B7: case 0x25CF: return L'.';
    case 0x00D7: return L'x';
    case 0x2192: return L'>';
    case 0x25B2: return L'!';
    case 0x25C6: return L'x';
    default: break;
    }
    if (scalar == 0x2500 || scalar == 0x2501 || scalar == 0x2574 || scalar == 0x2578) return L'-';
    if (scalar == 0x2502 || scalar == 0x2503) return L'|';
    if (scalar >= 0x2504 && scalar <= 0x257F) return L'+';
    if (scalar >= 0x2580 && scalar <= 0x259F) return L'#';
    return L'?';
}

static size_t convert(const tg_glyph *glyph, wchar_t *text) {
    size_t used = 0;
    for (size_t i = 0; i < 5 && glyph->scalars[i]; i++) {
        wchar_t character = (wchar_t)glyph->scalars[i];
        if (i > 0 && wcwidth(character) != 0) continue;
        text[used++] = character;
    }
    text[used] = 0;
    return used;
}

enum { LONGEST_RUN = 512 };

static void flush_run(int row, int *column, cchar_t *cells, int *count, int *width) {
    if (*count > 0) mvwadd_wchnstr(stdscr, row, *column, cells, *count);
    *column += *width;
    *count = 0;
    *width = 0;
}

void tg_put_run(int row, int column, const tg_glyph *glyphs, size_t count, unsigned attributes, int pair) {
    if (!screen) return;
    attr_t attribute = (attributes & TG_BOLD ? A_BOLD : 0) | (attributes & TG_REVERSE ? A_REVERSE : 0)
        | (attributes & TG_UNDERLINE ? A_UNDERLINE : 0) | (attributes & TG_DIM ? A_DIM : 0);
    cchar_t cells[LONGEST_RUN + 2];
    int used = 0, width = 0;
    for (size_t i = 0; i < count; i++) {
        wchar_t text[6];
        const tg_glyph *glyph = &glyphs[i];
        if (convert(glyph, text) == 0 || text[0] < 0x20) wcscpy(text, L" ");
        int is_odd = wcwidth(text[0]) != (int)glyph->width;
        if (is_odd) {
            text[0] = is_utf8 ? 0xFFFD : plain(glyph->scalars[0]);
            text[1] = 0;
        }
        if (setcchar(&cells[used++], text, attribute, 0, &pair) != OK) setcchar(&cells[used - 1], L"?", attribute, 0, &pair);
        if (is_odd && glyph->width == 2) setcchar(&cells[used++], L" ", attribute, 0, &pair);
        width += (int)glyph->width;
        if (used >= LONGEST_RUN) flush_run(row, &column, cells, &used, &width);
    }
    flush_run(row, &column, cells, &used, &width);
}

int tg_screen_update(void) {
    if (!screen) return -1;
    return wnoutrefresh(stdscr) == OK && doupdate() == OK ? 0 : -1;
}

size_t tg_capability(const char *name, char *into, size_t size) {
    char *text = screen ? tigetstr(name) : NULL;
    if (!text || text == (char *)-1) return 0;
    size_t used = 0;
    while (*text && used < size) {
        if (text[0] == '$' && text[1] == '<') {
            char *end = strchr(text, '>');
            if (end) {
                text = end + 1;
                continue;
            }
        }
        into[used++] = *text++;
    }
    return used;
}
