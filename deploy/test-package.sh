#!/bin/sh
# Tries the packages where they will be used: in a fresh Debian 12 that has no Swift, below a temporary folder.
#   deploy/test-package.sh MITREGATE.deb MITREGATE-DEMO.deb
# It needs root, debootstrap and a Debian mirror (MIRROR=…); it leaves nothing behind.
set -eu
if [ "${1:-}" != --inside ]; then
    package=$(readlink -f "$1")
    demo=$(readlink -f "$2")
    if [ "$(id -u)" != 0 ]; then
        echo "Only root can set up another Debian. Run it as root: sudo $0 $1 $2" >&2
        exit 1
    fi
    folder=$(mktemp -d)
    trap 'rm -rf --one-file-system "$folder"' EXIT
    trap 'exit 130' INT TERM
    # In a mount and process namespace of its own: what is mounted and started there ends with it.
    unshare --mount --pid --fork --kill-child --propagation private "$0" --inside "$package" "$demo" "$folder/root"
    exit
fi
package=$2
demo=$3
root=$4

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
# A command that is to end with a given code, and to say something.
expect() {
    code=$1 words=$2
    shift 2
    echo "\$ $*"
    set +e
    output=$(inside "$@" 2>&1)
    got=$?
    set -e
    printf '%s\n' "$output" | head -n 20
    [ "$got" = "$code" ] || fail "it ended with $got, not $code"
    case $output in *"$words"*) ;; *) fail "it does not say: $words" ;; esac
}

say "A Debian 12 without Swift"
debootstrap --variant=minbase --include=man-db,systemd bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" \
    >"$root.log" 2>&1 || { tail -n 20 "$root.log"; fail "debootstrap"; }
mount -t proc proc "$root/proc"
[ -z "$(find "$root" -xdev -name 'libswift*' -o -xdev -name swift)" ] || fail "there is Swift in it"
cat "$root/etc/debian_version"

say "Install"
cp "$package" "$root/tmp/mitregate.deb"
inside apt-get -qq update
inside apt-get -qq install --no-install-recommends -y /tmp/mitregate.deb >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log"; fail "apt-get install"; }
expect 0 "install ok installed" dpkg-query -W -f '${Status} ${Version}\n' mitregate
version=$(inside dpkg-query -W -f '${Version}' mitregate)
[ -z "$(inside ldd /usr/bin/mitregate | grep 'not found')" ] || fail "a library is missing"
expect 0 "" dpkg --verify mitregate
expect 0 "mitregate:x:" getent passwd mitregate
expect 0 "mitregate mitregate 700" stat -c '%U %G %a' /var/lib/mitregate

say "Use"
expect 0 "mitregate $version (" mitregate --version
expect 0 "No errors in 1 document" mitregate validate /usr/share/doc/mitregate/examples/forced-tls-partner
expect 0 "/usr/share/man/man1/mitregate.1" man -w mitregate
expect 0 "/usr/share/man/man1/mitregate-watch-end.1" man -w mitregate-watch-end
expect 0 "detailed-exitcode" man -P cat mitregate-plan
expect 0 "" bash -n /usr/share/bash-completion/completions/mitregate
expect 0 "" systemd-analyze verify --recursive-errors=no /lib/systemd/system/mitregate.service \
    /lib/systemd/system/mitregate.timer /lib/systemd/system/mitregate-controller.service

say "The configuration, as it comes and filled in"
expect 1 "mitregate.yaml:" runuser -u mitregate -- mitregate history --config /etc/mitregate/mitregate.yaml
sed -i 's/<\([^>]*\)>/\1/' "$root/etc/mitregate/mitregate.yaml"
expect 0 "" runuser -u mitregate -- mitregate history --config /etc/mitregate/mitregate.yaml

say "Install again: the configuration stays"
inside apt-get -qq install --reinstall -y /tmp/mitregate.deb >"$root.log" 2>&1 || { tail "$root.log"; fail "reinstall"; }
grep -q 'url: https://' "$root/etc/mitregate/mitregate.yaml" || fail "the configuration was overwritten"

say "The demo's package: a tenant, partners, and the ten commands that it prints"
cp "$demo" "$root/tmp/mitregate-demo.deb"
# No server of these packages is to be started.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod +x "$root/usr/sbin/policy-rc.d"
inside apt-get -qq install --no-install-recommends -y /tmp/mitregate-demo.deb ldnsutils nsd openssl postfix stunnel4 \
    >"$root.log" 2>&1 || { tail -n 20 "$root.log"; fail "apt-get install of the demo"; }
expect 0 "/usr/share/man/man1/exchange-simulator.1" man -w exchange-simulator
expect 0 "/usr/share/man/man1/mitregate-lab.1" man -w mitregate-lab
expect 0 "" bash -n /usr/share/bash-completion/completions/exchange-simulator
ip link set lo up 2>/dev/null || true
mkdir "$root/tmp/demo"
cat >"$root/tmp/demo/play" <<'END'
set -eu
cd /tmp/demo
exchange-simulator --demo-tenant >simulator.log 2>&1 &
simulator=$!
lab=
trap 'kill $simulator $lab; wait' EXIT
waits() { for _ in $(seq 300); do grep -qs "$1" "$2" && return; sleep 0.1; done; cat "$2" >&2; exit 1; }
waits 'rollback RUN' simulator.log
mitregate init --demo try
mitregate-lab try/mitregate.yaml 2>lab.log &
lab=$!
waits 'Ctrl-C' lab.log
cd try
sed -n 's/^    //p' ../simulator.log >../commands
mitregate plan --out first.plan
mitregate apply first.plan | tee ../apply.log
sed -n '/^curl .*edit/,/}}/p' ../commands | sh
mitregate drift
mitregate apply --auto-approve
mitregate rollback "$(grep -oE '01[0-9A-Z]{24}' ../apply.log | head -n 1)" --auto-approve --accept-weaker
END
expect 0 "confirmed by reading back" bash /tmp/demo/play
inside apt-get -qq purge -y mitregate-demo >"$root.log" 2>&1 || { tail "$root.log"; fail "apt-get purge of the demo"; }

say "Remove, then purge"
inside apt-get -qq remove -y mitregate >"$root.log" 2>&1 || { tail "$root.log"; fail "apt-get remove"; }
[ ! -e "$root/usr/bin/mitregate" ] || fail "the program is still there"
[ -e "$root/etc/mitregate/mitregate.yaml" ] || fail "the configuration went with it"
[ -e "$root/var/lib/mitregate/mitregate.db" ] || fail "the store went with it"
inside apt-get -qq purge -y mitregate >"$root.log" 2>&1 || { tail "$root.log"; fail "apt-get purge"; }
left=$(find "$root" -xdev -name '*mitregate*' -not -path "$root/tmp/*" -not -path "$root/var/log/*" -not -path "$root/var/cache/*")
[ -z "$left" ] || fail "left behind: $left"

say "Passed: $version"
