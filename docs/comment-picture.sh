#!/bin/sh
# Makes docs/comment.png: a comment as a forge shows it, from a golden file of the tests.
#   docs/comment-picture.sh [light|dark] [COMMENT.md] [PICTURE.png]
# It takes the packages of `deploy/install-packages docs`: GitHub's renderer of Markdown, a browser, and fonts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scheme=${1:-light}
comment=${2:-$here/../Tests/ReportsTests/Golden/comment-example.md}
picture=${3:-$here/comment.png}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

case $scheme in
light) ink=#1f2328 paper=#ffffff faint=#59636e line=#d1d9e0 shade=#f6f8fa code=#818b981f plus=#dafbe1 minus=#ffebe9 ;;
dark) ink=#f0f6fc paper=#0d1117 faint=#9198a1 line=#3d444d shade=#151b23 code=#656c7633 plus=#12361f minus=#4b1d1f ;;
*) echo "The first argument is light or dark, not \"$scheme\"." >&2; exit 64 ;;
esac

{
    cat <<STYLE
<!doctype html><meta charset="utf-8"><title>comment</title><style>
body { margin: 0; padding: 16px; width: 860px; background: $paper; color: $ink;
  font: 14px/1.5 "Liberation Sans", "DejaVu Sans", sans-serif; }
article { border: 1px solid $line; border-radius: 6px; }
header { background: $shade; border-bottom: 1px solid $line; border-radius: 6px 6px 0 0; padding: 8px 16px; color: $faint; }
header b { color: $ink; }
main { padding: 4px 16px 8px; }
h3 { font-size: 1.25em; margin: 16px 0; } h4 { font-size: 1em; margin: 20px 0 12px; }
p { margin: 0 0 14px; } ul { margin: 0 0 14px; padding-left: 2em; } li + li { margin-top: 4px; }
hr { height: 3px; border: 0; background: $line; margin: 20px 0; }
code, pre { font-family: "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: 85%; }
code { background: $code; border-radius: 6px; padding: .2em .4em; }
pre { background: $shade; border-radius: 6px; padding: 12px 0; overflow: hidden; } pre code { background: none; padding: 0; }
pre span { display: block; padding: 0 16px; } pre .plus { background: $plus; } pre .minus { background: $minus; }
table { border-collapse: collapse; margin: 0 0 14px; } th, td { border: 1px solid $line; padding: 6px 13px; }
tr:nth-child(2n) td { background: $shade; } details { margin: 0 0 14px; } summary { margin-bottom: 6px; }
</style><article><header><b>mitregate</b> commented</header><main>
STYLE
    # The fold that says most is opened, so that the picture shows what is in it; lines of a diff get their colours.
    cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tagfilter -e tasklist "$comment" |
        awk '/<details>/ && ++seen == 1 { sub("<details>", "<details open>") }
             /<pre/ { inside = 1; end = index($0, "<code"); rest = substr($0, end); start = index(rest, ">")
                      printf "%s", substr($0, 1, end + start - 1); $0 = substr(rest, start + 1) }
             /<\/code><\/pre>/ { inside = 0 }
             inside { printf "<span class=\"%s\">%s</span>", /^\+/ ? "plus" : /^-/ ? "minus" : "same", $0; next }
             { print }'
    echo '</main></article>'
} >"$folder/comment.html"

# A browser of root has no sandbox; what it shows is ours.
sandbox=
[ "$(id -u)" != 0 ] || sandbox=--no-sandbox
browse() {
    chromium --headless $sandbox --disable-gpu --hide-scrollbars --user-data-dir="$folder/profile" \
        --force-device-scale-factor=1 "$@" "file://$folder/comment.html" 2>"$folder/log"
}
# As high as it is: measured first, by a page that writes its own height into its title.
echo '<script>document.title = document.documentElement.scrollHeight</script>' >>"$folder/comment.html"
height=$(browse --dump-dom | sed -n 's/.*<title>\([0-9]*\)<\/title>.*/\1/p')
[ -n "$height" ] || { cat "$folder/log" >&2; exit 1; }
browse --window-size="892,$height" --screenshot="$picture" >/dev/null
