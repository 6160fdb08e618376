"""Signatures of well-known messages, as an author would write them, and small entries of them.

They stand in for the real content, so that the tests of matching do not change
with every sentence of it.
"""

from app.entry import Entry, Signature

SYMPTOMS = {
    "make/recipe-failed": [
        "make: *** [<file>:<line>: <target>] Error <code>",
        "make: *** [<file>：<line>：<target>] 错误 <code>",
    ],
    "ninja/build-stopped": ["ninja: build stopped: subcommand failed."],
    "pip/subprocess-exited-with-error": ["error: subprocess-exited-with-error"],
    "git/could-not-read-from-remote": [
        "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights"
    ],
    "docker/process-did-not-complete": [
        'process "<command>" did not complete successfully: exit code: <code>'
    ],
    "npm/lifecycle-script-failed": [
        "npm ERR! code ELIFECYCLE",
        "npm error Lifecycle script `<script>` failed with error",
    ],
}

CAUSES = {
    "pip/hash-mismatch": [
        "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
    ],
    "pip/hashes-missing": [
        "Hashes are required in --require-hashes mode, but they are missing from some requirements.",
        "In --require-hashes mode, all requirements must have their versions pinned with ==.",
        "Can't verify hashes for these requirements because we don't have a way to hash version control repositories",
        "Can't verify hashes for these file:// requirements because they point to directories",
    ],
    "pip/no-matching-distribution": [
        "No matching distribution found for <requirement>",
        "Could not find a version that satisfies the requirement <requirement> (from versions: <versions>)",
    ],
    "pip/externally-managed-environment": ["error: externally-managed-environment"],
    "pip/resolution-impossible": [
        "ERROR: ResolutionImpossible: for help visit",
        "Cannot install <packages> because these package versions have conflicting dependencies.",
    ],
    "pip/requires-different-python": [
        "Package '<package>' requires a different Python: <have> not in '<want>'",
        "<package> requires Python '<want>' but the running Python is <have>",
    ],
    "pip/ssl-certificate-verify-failed": [
        "SSLError(SSLCertVerificationError(<n>, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: <why>"
    ],
    "pip/read-timed-out": [
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPConnectionPool(host='<host>', port=<port>): Read timed out.",
        "ReadTimeoutError(\"HTTPConnectionPool(host='<host>', port=<port>): Read timed out.",
    ],
    "npm/eresolve": ["npm ERR! code ERESOLVE", "npm error code ERESOLVE"],
    "npm/e404-not-found": [
        "npm ERR! 404 Not Found - GET <url>",
        "npm error 404 Not Found - GET <url>",
    ],
    "npm/missing-script": [
        'npm ERR! Missing script: "<script>"',
        'npm error Missing script: "<script>"',
        "npm ERR! missing script: <script>",
    ],
    "npm/enoent-package-json": [
        "npm ERR! enoent ENOENT: no such file or directory, open '<path>'",
        "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '<path>'",
    ],
    "npm/etarget": [
        "npm ERR! notarget No matching version found for <package>.",
        "npm error notarget No matching version found for <package>.",
    ],
    "git/not-a-git-repository": [
        "fatal: not a git repository (or any of the parent directories): .git",
        "致命错误：不是 git 仓库（或者任何父目录）：.git",
    ],
    "git/pathspec-did-not-match": [
        "error: pathspec '<path>' did not match any file(s) known to git",
        "错误：路径规格 '<path>' 未匹配任何 git 已知文件",
    ],
    "git/merge-conflict": [
        "CONFLICT (<kind>): Merge conflict in <file>",
        "冲突（<kind>）：合并冲突于 <file>",
    ],
    "git/push-rejected-non-fast-forward": [
        "! [rejected] <from> -> <to> (fetch first)",
        "! [rejected] <from> -> <to> (non-fast-forward)",
        "! [已拒绝] <from> -> <to> (获取上游)",
        "! [已拒绝] <from> -> <to> (<why>)\n错误：无法推送一些引用到",
    ],
    "git/identity-unknown": ["*** Please tell me who you are.", "*** 请告诉我您是谁。"],
    "git/local-changes-would-be-overwritten": [
        "error: Your local changes to the following files would be overwritten by <what>:"
    ],
    "git/could-not-resolve-host": [
        "fatal: unable to access '<url>': Could not resolve host: <host>"
    ],
    "git/unrelated-histories": ["fatal: refusing to merge unrelated histories"],
    "git/dubious-ownership": ["fatal: detected dubious ownership in repository at '<path>'"],
    "ssh/permission-denied-publickey": [
        "<user>: Permission denied (publickey",
        "<user>: Permission denied (<methods>publickey",
    ],
    "ssh/connection-refused": ["ssh: connect to host <host> port <port>: Connection refused"],
    "ssh/could-not-resolve-hostname": ["ssh: Could not resolve hostname <host>: <why>"],
    "ssh/host-key-verification-failed": ["Host key verification failed."],
    "ssh/host-key-changed": ["WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!"],
    "bash/command-not-found": [
        "line <n>: <command>: command not found",
        "bash: <command>: command not found",
        "行 <n>: <command>: 未找到命令",
        "行 <n>：<command>：未找到命令",
    ],
    "linux/no-such-file-or-directory": [
        "<tool>: cannot access '<path>': No such file or directory",
        "<tool>: <path>: No such file or directory",
    ],
    "linux/permission-denied": ["<tool>: <path>: Permission denied"],
    "linux/no-space-left-on-device": ["No space left on device", "设备上没有空间"],
    "linux/shared-library-missing": [
        "error while loading shared libraries: <library>: cannot open shared object file: No such file or directory"
    ],
    "gcc/header-not-found": [
        "fatal error: <header>: No such file or directory\n<...>\ncompilation terminated.",
        "致命错误：<header>：没有那个文件或目录",
    ],
    "gcc/undeclared-identifier": [
        "error: '<name>' undeclared (first use in this function)",
        "错误：‘<name>’未声明",
    ],
    "gcc/undefined-reference": ["undefined reference to `<symbol>'", "对‘<symbol>’未定义的引用"],
    "make/no-rule-to-make-target": [
        "make: *** No rule to make target '<target>'",
        "make: *** 没有规则可制作目标",
    ],
    "make/missing-separator": ["*** missing separator", "*** 缺失分隔符"],
    "cmake/package-not-found": [
        'Could not find a package configuration file provided by "<package>"'
    ],
    "rust/e0382-use-of-moved-value": [
        "error[E0382]: borrow of moved value: `<name>`",
        "error[E0382]: use of moved value: `<name>`",
    ],
    "rust/e0308-mismatched-types": ["error[E0308]: mismatched types"],
    "rust/linker-not-found": ["error: linker `<linker>` not found"],
    "python/module-not-found": [
        "ModuleNotFoundError: No module named '<module>'",
        "ImportError: No module named <module>",
    ],
    "python/cannot-import-name": [
        "ImportError: cannot import name '<name>' from '<module>'",
        "ImportError: cannot import name '<name>' from partially initialized module",
    ],
    "python/file-not-found": ["FileNotFoundError: [Errno 2] No such file or directory: '<path>'"],
    "python/recursion-error": ["RecursionError: maximum recursion depth exceeded"],
    "python/zero-division": ["ZeroDivisionError: division by zero"],
    "python/unicode-decode-error": [
        "UnicodeDecodeError: '<codec>' codec can't decode byte <byte> in position <n>"
    ],
    "python/json-decode-error": [
        "json.decoder.JSONDecodeError: <why>: line <line> column <column> (char <n>)"
    ],
    "python/address-already-in-use": ["OSError: [Errno 98] Address already in use"],
    "postgresql/relation-does-not-exist": ['ERROR:  relation "<relation>" does not exist'],
    "postgresql/connection-refused": [
        'connection to server at "<host>" (<ip>), port <port> failed: Connection refused'
    ],
    "postgresql/unique-violation": [
        'duplicate key value violates unique constraint "<constraint>"'
    ],
    "postgresql/database-does-not-exist": ['FATAL:  database "<database>" does not exist'],
    "postgresql/password-authentication-failed": [
        'FATAL:  password authentication failed for user "<user>"'
    ],
    "mysql/access-denied": ["Access denied for user '<user>'@'<host>' (using password: <used>)"],
    "redis/noauth-authentication-required": ["NOAUTH Authentication required."],
    "sqlite/no-such-table": [
        "sqlite3.OperationalError: no such table: <table>",
        "Error: in prepare, no such table: <table>",
        "Parse error: no such table: <table>",
    ],
    "sqlite/database-is-locked": ["database is locked"],
    "docker/cannot-connect-to-daemon": [
        "Cannot connect to the Docker daemon at <socket>. Is the docker daemon running?"
    ],
    "docker/pull-access-denied": [
        "pull access denied for <image>, repository does not exist or may require 'docker login'"
    ],
    "apt/unable-to-locate-package": [
        "E: Unable to locate package <package>",
        "E: 无法定位软件包 <package>",
    ],
    "apt/could-not-open-lock": ["E: Could not get lock <path>."],
    "apt/unmet-dependencies": [
        "The following packages have unmet dependencies:",
        "下列软件包有未满足的依赖关系：",
    ],
    "curl/ssl-certificate-problem": ["curl: (60) SSL certificate problem: <why>"],
    "curl/could-not-resolve-host": ["curl: (6) Could not resolve host: <host>"],
    "node/cannot-find-module": ["Error: Cannot find module '<module>'"],
    "node/address-in-use": ["Error: listen EADDRINUSE: address already in use <address>"],
    "node/require-esm": ["Error [ERR_REQUIRE_ESM]: require() of ES Module <path>"],
    "typescript/ts2322-not-assignable": [
        "error TS2322: Type '<from>' is not assignable to type '<to>'."
    ],
    "typescript/ts2339-property-does-not-exist": [
        "error TS2339: Property '<property>' does not exist on type '<type>'."
    ],
    "java/cannot-find-symbol": ["error: cannot find symbol"],
    "go/undefined": ["# <package>\n<file>.go:<line>:<column>: undefined: <name>"],
    "pytest/fixture-not-found": ["fixture '<fixture>' not found\n> available fixtures:"],
    "kubernetes/crash-loop": ["Back-off restarting failed container <container> in pod <pod>"],
    "terraform/state-lock": ["Error: Error acquiring the state lock"],
    "nginx/unknown-directive": ['[emerg] <pid>: unknown directive "<directive>" in <file>:<line>'],
    "maven/plugin-not-resolved": [
        "Plugin <plugin> or one of its dependencies could not be resolved"
    ],
    "gradle/could-not-resolve": [
        "> Could not resolve <dependency>.\n> Could not get resource '<url>'."
    ],
    "tar/not-in-gzip-format": ["gzip: stdin: not in gzip format"],
}


def make_entry(entry_id: str, *signatures: str | Signature | dict, **changes: object) -> Entry:
    """A small complete entry; `changes` are fields of `Entry`."""
    base: dict = {
        "id": entry_id,
        "title": entry_id,
        "message": "m",
        "category": "install",
        "signatures": signatures or ("some error text that no tool prints",),
        "docs": [{"title": "Docs", "url": "https://example.org/"}],
        "provenance": {"written_by": "machine", "written": "2026-01-01", "basis": ["experience"]},
        "summary": "s",
        "meaning": "m",
        "causes": [{"id": "only", "title": "Only", "explanation": "e"}],
        "workarounds": [{"id": "fix", "title": "Fix", "explanation": "e"}],
        "dead_ends": [{"id": "dead", "title": "Dead", "explanation": "e"}],
        "verify": "v",
    }
    return Entry.model_validate({**base, **changes})


HASH_CAUSES = [
    {
        "id": "index-hash",
        "title": "The index supplied the hash",
        "explanation": "e",
        "signals": {
            "for": ["#sha256=<digest> (from -r <file> (line <n>)):\nExpected sha256 <digest>"]
        },
    },
    {
        "id": "stale-hash",
        "title": "The requirements file has an old hash",
        "explanation": "e",
        "signals": {
            "for": ["--hash=sha256:<digest>"],
            "against": ["#sha256=<digest> (from -r <file> (line <n>)):\nExpected sha256 <digest>"],
        },
    },
]


def sample_entries() -> list[Entry]:
    """All of the above as entries."""
    found = [make_entry(entry_id, *texts, symptom=True) for entry_id, texts in SYMPTOMS.items()]
    for entry_id, texts in CAUSES.items():
        changes = {"causes": HASH_CAUSES} if entry_id == "pip/hash-mismatch" else {}
        found.append(make_entry(entry_id, *texts, **changes))
    return found
