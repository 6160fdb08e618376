# Runs inside the sandbox. Reads commands (base64, one a line) from descriptor 3,
# runs each in a shell of its own, and writes its exit status to descriptor 4.
# usage: driver.sh PROCESSES MEMORY_KB FILE_KB
# -d counts what can be written. -v would count what is only reserved, too, and node,
# without the gigabytes that WebAssembly reserves, reads modules wrongly.
ulimit -c 0 -u "$1" -d "$2" -f "$3" -n 1024
cd "$HOME/project" || exit 97
while IFS= read -r -u 3 line; do
    bash -c "$(base64 -d <<<"$line")" </dev/null 3<&- 4>&-
    echo "$?" >&4
done
