# Sourced by `lint` and `breaking`. Installs the packages of package-lock.json and
# requirements.txt outside the checkout. Sets `tools` to their directory.

tools="${XDG_CACHE_HOME:-$HOME/.cache}/current-user/lint"

install_tools() {
    local here="$1" pinned
    pinned="$(cat "$here/package-lock.json" "$here/requirements.txt" | sha256sum)"
    if [ "$(cat "$tools/pinned" 2>/dev/null)" != "$pinned" ]; then
        local packages=()
        command -v npm >/dev/null || packages+=(nodejs npm)
        python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3 python3-venv)
        if [ ${#packages[@]} -gt 0 ]; then
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
        fi
        rm -rf "$tools"
        mkdir -p "$tools"
        cp "$here/package.json" "$here/package-lock.json" "$tools/"
        # No package needs its install script.
        npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
        python3 -m venv "$tools/python"
        "$tools/python/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --requirement "$here/requirements.txt" >&2
        echo "$pinned" >"$tools/pinned"
    fi
}
