/// The themes of the folder `themes`, so that a binary alone has them all; a test compares the two.
enum EmbeddedThemes {
    static let all: [(name: String, text: String)] = [
        ("harbor", harbor),
        ("daylight", daylight),
        ("high-contrast", highContrast),
        ("deuteranopia", deuteranopia),
        ("tritanopia", tritanopia),
        ("ansi16", ansi16),
        ("mono", mono),
        ("prod-red", prodRed),
    ]

    private static let harbor = """
        # The dark default. Two colours are a shade off the pictures they come from, so that every text keeps 4.5:1 on the row
        # under the cursor: muted was #7d8590, selected was #1c2b41.
        meta: { name: harbor, variant: dark }
        palette:
          text: "#c9d1d9"
          strong: "#f0f6fc"
          muted: "#858d97"
          faint: "#484f58"
          border: "#30363d"
          title: "#9fb4cc"
          blue: "#58a6ff"
          green: "#3fb950"
          amber: "#d29922"
          red: "#f85149"
          coral: "#ff7b72"
          violet: "#a371f7"
          gold: "#e3b341"
          graph: "#2f81f7"
          graph_deep: "#1f6feb"
          graph_hot: "#79c0ff"
          canvas: "#0d1117"
          bar: "#161b22"
          dialog: "#1b222c"
          selected: "#192639"
          wound: "#5a1e22"
        roles:
          text: { fg: text, c16: default }
          strong: { fg: strong, bold: true }
          muted: { fg: muted, c16: white }
          faint: faint
          border: border
          title: { fg: title, bold: true, c16: bright_cyan }
          focus: { fg: blue, c16: bright_blue }
          cursor: selected
          mark: { fg: graph_hot, bold: true }
          key: { fg: blue, bold: true, c16: bright_blue }
          ok: green
          info: { fg: blue, c16: bright_blue }
          warn: { fg: amber, c16: yellow }
          error: { fg: red, c16: red }
          critical: { fg: coral, bold: true, c16: bright_red }
          suspended: { fg: violet, c16: magenta }
          stale: { fg: muted, c16: white }
          money: { fg: gold, c16: bright_yellow }
          graph1: { fg: graph, c16: blue }
          graph2: { fg: graph_deep, c16: blue }
          graph_peak: { fg: graph_hot, c16: bright_cyan }
          bar_fill: green
          bar_empty: border
          link: { fg: blue, underline: true, c16: bright_blue }
          input: { fg: strong, underline: true }
          selection: selected
          danger: wound
          bar: bar
          dialog: dialog
          banner_pause: { fg: canvas, bg: amber, bold: true, c16: { fg: black, bg: yellow } }
          banner_ro: { fg: canvas, bg: blue, bold: true, c16: { fg: black, bg: cyan } }
          diff_up: green
          diff_down: { fg: red, c16: red }
          canvas: canvas

        """

    private static let daylight = """
        # For light terminals. Seven colours are a shade darker than in the pictures they come from, so that text keeps 4.5:1 and
        # graphs keep 3:1 on the row under the cursor: blue was #0969da, green #1a7f37, amber #9a6700, red #cf222e,
        # violet #8250df, graph #218bff, graph_deep #54aeff.
        meta: { name: daylight, variant: light }
        palette:
          text: "#1f2328"
          strong: "#0b0f14"
          muted: "#59636e"
          faint: "#afb8c1"
          border: "#d0d7de"
          title: "#3d5875"
          blue: "#0964d0"
          green: "#197834"
          amber: "#8d5f00"
          red: "#ca212d"
          crimson: "#a40e26"
          violet: "#7b4bd2"
          gold: "#7d4e00"
          graph: "#1f84f3"
          graph_deep: "#4289c9"
          graph_hot: "#0550ae"
          canvas: "#ffffff"
          bar: "#eaeef2"
          dialog: "#f6f8fa"
          selected: "#dbe9fb"
          wound: "#ffd7d5"
        roles:
          text: { fg: text, c16: black }
          strong: { fg: strong, bold: true, c16: black }
          muted: { fg: muted, c16: bright_black }
          faint: { fg: faint, c16: white }
          border: { fg: border, c16: white }
          title: { fg: title, bold: true, c16: blue }
          focus: { fg: blue, c16: blue }
          cursor: { bg: selected, c16: white }
          mark: { fg: graph_hot, bold: true, c16: blue }
          key: { fg: blue, bold: true, c16: blue }
          ok: { fg: green, c16: green }
          info: { fg: blue, c16: blue }
          warn: { fg: amber, c16: yellow }
          error: { fg: red, c16: red }
          critical: { fg: crimson, bold: true, c16: red }
          suspended: { fg: violet, c16: magenta }
          stale: { fg: muted, c16: bright_black }
          money: { fg: gold, c16: yellow }
          graph1: { fg: graph, c16: blue }
          graph2: { fg: graph_deep, c16: cyan }
          graph_peak: { fg: graph_hot, c16: blue }
          bar_fill: { fg: green, c16: green }
          bar_empty: { fg: border, c16: white }
          link: { fg: blue, underline: true, c16: blue }
          input: { fg: strong, underline: true, c16: black }
          selection: { bg: selected, c16: white }
          danger: { bg: wound, c16: bright_red }
          bar: { bg: bar, c16: white }
          dialog: { bg: dialog, c16: bright_white }
          banner_pause: { fg: canvas, bg: amber, bold: true, c16: { fg: black, bg: yellow } }
          banner_ro: { fg: canvas, bg: blue, bold: true, c16: { fg: bright_white, bg: blue } }
          diff_up: { fg: green, c16: green }
          diff_down: { fg: red, c16: red }
          canvas: { bg: canvas, c16: bright_white }

        """

    private static let highContrast = """
        # Black and white with few, full colours: at least 7:1 for every text.
        meta: { name: high-contrast, variant: dark, inherits: harbor }
        palette:
          text: "#ffffff"
          strong: "#ffffff"
          muted: "#d8d8d8"
          faint: "#8a8a8a"
          border: "#8a8a8a"
          title: "#ffffff"
          blue: "#8fd0ff"
          green: "#5cff7a"
          amber: "#ffd900"
          red: "#ffa396"
          coral: "#ffc2d4"
          violet: "#d9b8ff"
          gold: "#ffe680"
          graph: "#5cb8ff"
          graph_deep: "#4d9fe6"
          graph_hot: "#ffffff"
          canvas: "#000000"
          bar: "#1c1c1c"
          dialog: "#101010"
          selected: "#002459"
          wound: "#7a0010"
        roles:
          focus: { fg: amber, bold: true, c16: bright_yellow }
          key: { fg: amber, bold: true, c16: bright_yellow }
          critical: { fg: coral, bold: true, reverse: true, c16: bright_red }
          muted: { fg: muted, c16: default }
          faint: { fg: faint, c16: bright_black }
          border: { fg: border, c16: white }
          cursor: { bg: selected, c256: 17 }
          selection: { bg: selected, c256: 17 }

        """

    private static let deuteranopia = """
        # Severities told apart without red and green: from pale blue over yellow and orange to rose. For deuteranopia and
        # protanopia alike every two of them are at least 38 apart in CIELAB.
        meta: { name: deuteranopia, variant: dark, inherits: harbor }
        palette:
          green: "#bee6f4"
          amber: "#fffd99"
          red: "#ff5b1a"
          coral: "#e4677c"
          violet: "#9c85e0"
        roles:
          ok: { fg: green, c16: bright_cyan }
          bar_fill: { fg: green, c16: bright_cyan }
          diff_up: { fg: green, c16: bright_cyan }
          warn: { fg: amber, c16: bright_yellow }
          critical: { fg: coral, bold: true, underline: true, c16: bright_red }

        """

    private static let tritanopia = """
        # Severities told apart without blue and yellow: every two of them are at least 45 apart in CIELAB.
        meta: { name: tritanopia, variant: dark, inherits: harbor }
        palette:
          green: "#33ff99"
          amber: "#ffea00"
          red: "#ff4e33"
          coral: "#ff80d4"
          violet: "#8585e0"
        roles:
          ok: { fg: green, c16: bright_green }
          warn: { fg: amber, c16: bright_yellow }
          critical: { fg: coral, bold: true, underline: true, c16: bright_magenta }

        """

    private static let ansi16 = """
        # Only the sixteen colours that the terminal's owner has chosen, on the terminal's own background.
        meta: { name: ansi16, variant: dark }
        roles:
          text: default
          strong: { fg: default, bold: true, c256: 15, c16: bright_white }
          muted: { fg: default, c256: 7, c16: white }
          faint: { fg: default, c256: 8, c16: bright_black }
          border: { fg: default, c256: 8, c16: bright_black }
          title: { fg: default, bold: true, c256: 6, c16: cyan }
          focus: { fg: default, c256: 14, c16: bright_cyan }
          cursor: { bg: default, reverse: true }
          mark: { fg: default, bold: true, c256: 14, c16: bright_cyan }
          key: { fg: default, bold: true, c256: 14, c16: bright_cyan }
          ok: { fg: default, c256: 2, c16: green }
          info: { fg: default, c256: 6, c16: cyan }
          warn: { fg: default, c256: 3, c16: yellow }
          error: { fg: default, c256: 1, c16: red }
          critical: { fg: default, bold: true, c256: 9, c16: bright_red }
          suspended: { fg: default, c256: 5, c16: magenta }
          stale: { fg: default, c256: 7, c16: white }
          money: { fg: default, c256: 11, c16: bright_yellow }
          graph1: { fg: default, c256: 4, c16: blue }
          graph2: { fg: default, c256: 6, c16: cyan }
          graph_peak: { fg: default, c256: 14, c16: bright_cyan }
          bar_fill: { fg: default, c256: 2, c16: green }
          bar_empty: { fg: default, c256: 8, c16: bright_black }
          link: { fg: default, underline: true, c256: 6, c16: cyan }
          input: { fg: default, bold: true, underline: true }
          selection: { bg: default, reverse: true }
          danger: { bg: default, bold: true, c256: 1, c16: red, mono: [bold, reverse] }
          bar: default
          dialog: default
          banner_pause: { fg: default, bg: default, bold: true, c256: { fg: 0, bg: 3 }, c16: { fg: black, bg: yellow } }
          banner_ro: { fg: default, bg: default, bold: true, c256: { fg: 0, bg: 6 }, c16: { fg: black, bg: cyan } }
          diff_up: { fg: default, c256: 2, c16: green }
          diff_down: { fg: default, c256: 1, c16: red }
          canvas: default

        """

    private static let mono = """
        # No colour at all: bold, underline and reverse, at any depth.
        meta: { name: mono, variant: dark }
        roles:
          text: default
          strong: { fg: default, bold: true }
          muted: default
          faint: { fg: default, mono: dim }
          border: default
          title: { fg: default, bold: true }
          focus: { fg: default, bold: true }
          cursor: { bg: default, reverse: true }
          mark: { fg: default, bold: true, underline: true }
          key: { fg: default, bold: true }
          ok: default
          info: default
          warn: { fg: default, underline: true }
          error: { fg: default, bold: true }
          critical: { fg: default, bold: true, reverse: true }
          suspended: { fg: default, mono: dim }
          stale: { fg: default, mono: dim }
          money: { fg: default, bold: true }
          graph1: default
          graph2: default
          graph_peak: { fg: default, bold: true }
          bar_fill: default
          bar_empty: { fg: default, mono: dim }
          link: { fg: default, underline: true }
          input: { fg: default, underline: true }
          selection: { bg: default, reverse: true }
          danger: { bg: default, bold: true, reverse: true }
          bar: default
          dialog: default
          banner_pause: { fg: default, bg: default, bold: true, reverse: true }
          banner_ro: { fg: default, bg: default, reverse: true }
          diff_up: { fg: default, underline: true }
          diff_down: { fg: default, underline: true }
          canvas: default

        """

    private static let prodRed = """
        # For the gateway that must not be mistaken for staging: a red status line, focus and tabs. Severities are harbor's.
        meta: { name: prod-red, variant: dark, inherits: harbor }
        palette:
          rose: "#ffa198"
          ember: "#3a1215"
        roles:
          title: { fg: rose, bold: true, c16: bright_red }
          focus: { fg: rose, c16: bright_red }
          key: { fg: rose, bold: true, c16: bright_red }
          bar: { bg: ember, c16: red }
          selection: { bg: wound, c16: red }

        """
}
