# Shell functions for `setup`, `apply` and `check` of a recipe. What they print is not kept.

TOOLS=${WAYOUT_TOOLS:-/opt/wayout/tools}
PYTHON=${PYTHON:-/usr/bin/python3}

# venv [REQUIREMENT]...: .venv in the project with the varied pip, and what else is named
venv() {
    "$PYTHON" -m venv --without-pip "${VENV:-.venv}"
    local site
    site=$(echo "${VENV:-.venv}"/lib/python3*/site-packages)
    cp -r "$TOOLS/pip/$WAYOUT_PIP/." "$site"
    for name in pip pip3; do
        printf '#!%s\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' \
            "$(realpath -s "${VENV:-.venv}/bin/python")" > "${VENV:-.venv}/bin/$name"
        chmod +x "${VENV:-.venv}/bin/$name"
    done
    [ $# -eq 0 ] || "${VENV:-.venv}/bin/python" -m pip install -q --no-index --find-links "$TOOLS/wheels" "$@"
    mkdir -p ~/index
}

# node_modules NAME@VERSION...: fetched packages in ./node_modules, as npm leaves them there
node_modules() {
    mkdir -p node_modules
    local package
    for package in "$@"; do cp -r "$TOOLS/npm/$package/node_modules/." node_modules; done
}

# npm_cache NAME@VERSION...: npm, told to work offline, can install these fetched packages
npm_cache() {
    mkdir -p ~/.npm
    local package
    for package in "$@"; do cp -r "$TOOLS/npm/$package/cache/." ~/.npm; done
    echo offline=true >> ~/.npmrc
}

package() { /usr/bin/python3 "$WAYOUT_HELPERS/package.py" "$@"; }
wheel() { package wheel "$@"; }
sdist() { package sdist "$@"; }

digest() { sha256sum "$@" | cut -d' ' -f1; }

# wait_for PORT: until something listens on it
wait_for() {
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.05
    done
    echo "nothing listens on port $1" >&2
    cat /tmp/background.log >&2
    return 1
}

background() { setsid "$@" >>/tmp/background.log 2>&1 < /dev/null & }

# serve PORT [OPTION]... [FAULT]...: the index of ~/index, on http://localhost:PORT/simple
serve() {
    local port=$1
    shift
    mkdir -p ~/index
    background /usr/bin/python3 "$WAYOUT_HELPERS/index.py" --port "$port" "$@" ${INDEX_FOLDERS:-~/index}
    wait_for "$port"
}

# index [OPTION]... [FAULT]...: the same on port 8080, and pip is told to use it
index() {
    serve 8080 "$@"
    use_index http://localhost:8080/simple
}

# secure_index [OPTION]... [FAULT]...: the same at https://mirror.example:8080, by a company's authority that pip trusts
secure_index() {
    authority ~/ca
    certificate ~/ca mirror.example
    serve 8080 --tls ~/ca/server.crt ~/ca/server.key "$@"
    mkdir -p ~/.config/pip
    printf '[global]\nindex-url = https://mirror.example:8080/simple\ncert = %s\n' ~/ca/ca.crt > ~/.config/pip/pip.conf
}

# faulty ... heal: faults of an index started with `--while ~/faulty` end with `heal`
faulty() { touch ~/faulty; }
heal() { rm -f ~/faulty; }

use_index() {
    mkdir -p ~/.config/pip
    printf '[global]\nindex-url = %s\n' "$1" > ~/.config/pip/pip.conf
}

# broken PORT [OPTION]... silent|close|reset|garbage|slow
broken() {
    local port=$1
    shift
    background /usr/bin/python3 "$WAYOUT_HELPERS/broken.py" --port "$port" "$@"
    wait_for "$port"
}

# authority FOLDER: FOLDER/ca.{crt,key}, a certificate authority nobody knows yet
authority() {
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/O=Example Corp/CN=Example Corp Root CA" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout "$1/ca.key" -out "$1/ca.crt" 2>/dev/null
}

# certificate FOLDER NAME [openssl x509 options]: FOLDER/server.{crt,key} for NAME by FOLDER/ca
certificate() {
    local folder=$1 name=$2
    shift 2
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
        -keyout "$folder/server.key" -out "$folder/server.csr" 2>/dev/null
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial \
        -extfile <(printf 'subjectAltName=DNS:%s\nauthorityKeyIdentifier=keyid\n' "$name") -days 365 "$@" \
        -out "$folder/server.crt" 2>/dev/null
}

# self_signed FOLDER NAME: FOLDER/server.{crt,key} signed by itself
self_signed() {
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
        -keyout "$1/server.key" -out "$1/server.crt" 2>/dev/null
}

repository() {
    git init -q -b main "${1:-.}"
    git -C "${1:-.}" config user.name Dev
    git -C "${1:-.}" config user.email dev@example.com
}

# remote FOLDER: a bare repository that a clone can push to, with one commit on main
remote() {
    git init -q --bare -b main "$1"
    local work
    work=$(mktemp -d)
    repository "$work"
    (cd "$work" && commit README.md hello && git push -q "$1" main)
}

commit() { # commit FILE TEXT [MESSAGE]
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" > "$1" && git add -A && git commit -q -m "${3:-Change $1}"
}

# genuine WHEEL: whether .venv holds exactly what the wheel does
genuine() { /usr/bin/python3 "$WAYOUT_HELPERS/genuine.py" .venv/lib/python3*/site-packages "$1"; }

# project FOLDER NAME VERSION: a project that pip can build without fetching anything
project() {
    mkdir -p "$1"
    cp "$WAYOUT_HELPERS/backend.py" "$1"
    echo "$2 $3" > "$1/project.txt"
    echo "__version__ = \"$3\"" > "$1/$2.py"
    printf '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' > "$1/pyproject.toml"
}

# source FOLDER: its source archive into ~/index
source_archive() {
    mkdir -p ~/index
    (cd "$1" && /usr/bin/python3 -c "import backend; backend.build_sdist('$HOME/index')")
}

# system_pip: the varied pip, run by the system's own Python, as `pip`
system_pip() {
    mkdir -p ~/.local/bin ~/index
    printf '#!/bin/sh\nPYTHONPATH=%s exec /usr/bin/python3 -m pip "$@"\n' "$TOOLS/pip/$WAYOUT_PIP" > ~/.local/bin/pip
    chmod +x ~/.local/bin/pip
}

# npm_package JSON [FILE]...: pack a package.json, and files, into ~/registry, always the same bytes
npm_package() {
    local folder name
    folder=$(mktemp -d)
    mkdir -p "$folder/package" ~/registry
    echo "$1" > "$folder/package/package.json"
    shift
    [ $# -eq 0 ] || cp "$@" "$folder/package/"
    name=$(/usr/bin/python3 -c 'import json, sys; p = json.load(open(sys.argv[1])); print(p["name"].replace("@", "").replace("/", "-") + "-" + p["version"])' \
        "$folder/package/package.json")
    tar --sort=name --mtime=@1767225600 --owner=0 --group=0 --mode=u=rwX,go=rX -C "$folder" -cf - package |
        gzip -n > ~/registry/"$name.tgz"
}

# npm_registry [OPTION]... [FAULT]...: the tarballs of ~/registry on http://localhost:4873, and npm, pnpm and yarn are told to use it
npm_registry() {
    mkdir -p ~/registry
    background /usr/bin/python3 "$WAYOUT_HELPERS/npm_registry.py" "$@" ~/registry
    wait_for 4873
    echo 'registry=http://localhost:4873/' >> ~/.npmrc
}

# postgresql [INITDB OPTION]...: makes ~/pg with the superuser postgres if it is not there, and starts it on
# localhost:5432 and in the socket folder /tmp; ~/pg/postgresql.conf can be appended to
postgresql() {
    if [ ! -d ~/pg ]; then
        postgresql_program initdb -D ~/pg -U postgres -A trust --no-sync "$@" >/dev/null
        printf "%s\n" "listen_addresses = '127.0.0.1'" "unix_socket_directories = '/tmp'" "fsync = off" >> ~/pg/postgresql.conf
    fi
    postgresql_program pg_ctl -D ~/pg -l ~/pg.log -w start >/dev/null
}

postgresql_stop() { postgresql_program pg_ctl -D ~/pg -m fast -w stop >/dev/null; }

# postgresql_program NAME [ARGUMENT]...: a program of the server, which is not on the search path
postgresql_program() {
    local program=$1
    shift
    "$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)/$program" "$@"
}

# mariadb_server [OPTION]...: makes ~/mysql with the user root without a password if it is not there, and starts it
# on localhost:3306 and the socket /tmp/mysql.sock
mariadb_server() {
    [ -d ~/mysql ] || mariadb-install-db --no-defaults --datadir="$HOME/mysql" \
        --auth-root-authentication-method=normal --skip-test-db >/dev/null 2>&1
    background /usr/sbin/mariadbd --no-defaults --datadir="$HOME/mysql" --socket=/tmp/mysql.sock --port=3306 \
        --bind-address=127.0.0.1 --innodb-flush-log-at-trx-commit=0 "$@"
    wait_for 3306
}

# redis_server [OPTION]...: Redis on localhost:6379 with its data in ~
redis_server() {
    background redis-server --port 6379 --bind 127.0.0.1 --dir "$HOME" "$@"
    wait_for 6379
}

# docker_programs [--client-as-root]: puts on the search path `start-docker [--shared-network] [OPTION]...`, a dockerd
# of your own on unix:///tmp/docker.sock, `make-image NAME`, a tiny image with a shell, and the runc that both need.
# docker build with BuildKit needs the client as root of a user space
docker_programs() {
    mkdir -p ~/.local/bin
    ln -sf "$WAYOUT_HELPERS/docker/"{runc,start-docker,make-image} ~/.local/bin/
    [ "$1" != --client-as-root ] || ln -sf "$WAYOUT_HELPERS/docker/docker" ~/.local/bin/
}

# docker_registry [PORT]: images at mirror.example:5000, for a dockerd with --shared-network; see docker/registry.py
docker_registry() {
    make-image
    background /usr/bin/python3 "$WAYOUT_HELPERS/docker/registry.py" "${1:-5000}"
    wait_for "${1:-5000}"
}
