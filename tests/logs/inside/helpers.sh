# Shell functions for the `setup` of a case. Nothing they print reaches a log.

PYTHON=${PYTHON:-python3}
PIP=${PIP:-25.3}

# venv [setuptools==X] ...: .venv in the project, with pip $PIP of $PYTHON and what else is named
venv() {
    "$PYTHON" -m venv --without-pip .venv
    .venv/bin/python "$(echo /opt/wheels/pip-"$PIP"-*.whl)/pip" install -q --no-index --find-links /opt/wheels "pip==$PIP" "$@"
    mkdir -p ~/index
}

package() { /usr/bin/python3 /opt/inside/package.py "$@"; }
wheel() { package wheel "$@"; }
sdist() { package sdist "$@"; }

# wait_for PORT: until something listens on it
wait_for() {
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.1
    done
    echo "nothing listens on port $1" >&2
    return 1
}

background() { setsid "$@" >/tmp/background.log 2>&1 < /dev/null & }

# serve [FAULT]...: the index of ~/index and of build back-ends, on http://localhost:8080/simple
serve() {
    background /usr/bin/python3 /opt/inside/index.py "$@" ~/index /opt/wheels
    wait_for 8080
}

# index [FAULT]...: the same, and pip is told to use it
index() {
    serve "$@"
    use_index http://localhost:8080/simple
}

use_index() {
    mkdir -p ~/.config/pip
    printf '[global]\nindex-url = %s\n' "$1" > ~/.config/pip/pip.conf
}

# certificate FOLDER NAME [openssl x509 options]: FOLDER/{ca,server}.{crt,key}, valid for NAME
certificate() {
    local folder=$1 name=$2
    shift 2
    mkdir -p "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Example Corp/CN=Example Corp Root CA" \
        -keyout "$folder/ca.key" -out "$folder/ca.crt"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout "$folder/server.key" -out "$folder/server.csr"
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial \
        -extfile <(printf 'subjectAltName=DNS:%s' "$name") -days 365 "$@" -out "$folder/server.crt"
}

# self_signed FOLDER NAME: FOLDER/server.{crt,key} signed by itself
self_signed() {
    mkdir -p "$1"
    openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
        -keyout "$1/server.key" -out "$1/server.crt"
}

repository() {
    git init -q -b main "${1:-.}"
    (cd "${1:-.}" && git config user.name Dev && git config user.email dev@example.com)
}

commit() { # commit FILE TEXT [MESSAGE]
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" > "$1" && git add -A && git commit -q -m "${3:-Change $1}"
}

postgres_start() {
    export PATH=$PATH:/usr/lib/postgresql/15/bin
    initdb -D ~/pg -A "${1:-trust}" -U dev --no-sync ${2:+--pwfile=$2} >/dev/null
    pg_ctl -D ~/pg -o "-k /tmp -c listen_addresses=${PG_LISTEN:-localhost} -c fsync=off" -l ~/pg.log -w start
}

mariadb_start() {
    mariadb-install-db --datadir="$HOME/my" --auth-root-authentication-method=normal --skip-test-db >/dev/null
    background /usr/sbin/mariadbd --no-defaults --datadir="$HOME/my" --socket=/tmp/mysql.sock --port=3306 --bind-address=127.0.0.1 "$@"
    wait_for 3306
}

redis_start() {
    background redis-server --port 6379 --bind 127.0.0.1 --dir "$HOME" "$@"
    wait_for 6379
}

npm_registry() { # packages are the tarballs in ~/registry
    background /usr/bin/python3 /opt/inside/npm_registry.py "$@" ~/registry
    wait_for 4873
    echo 'registry=http://localhost:4873/' > ~/.npmrc
}

# npm_package JSON [FILE...]: pack a package.json (and files) into ~/registry
npm_package() {
    local folder
    folder=$(mktemp -d) && mkdir -p "$folder/package" ~/registry
    echo "$1" > "$folder/package/package.json"
    shift
    [ $# -eq 0 ] || cp "$@" "$folder/package/"
    local name
    name=$(jq -r '(.name | gsub("/"; "-") | gsub("@"; "")) + "-" + .version' "$folder/package/package.json")
    tar -czf ~/registry/"$name.tgz" -C "$folder" package
}

modules() { ln -s /opt/npm/js/node_modules node_modules; } # the JavaScript libraries of tools.yaml
