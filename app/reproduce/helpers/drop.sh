# Runs first where bubblewrap was started by root: gives the home to the user, becomes the user.
# usage: drop.sh COMMAND...
mkdir -p /home/dev/project
chown 1000:1000 /home/dev /home/dev/project /home/dev/disk 2>/dev/null
exec setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs -- "$@"
