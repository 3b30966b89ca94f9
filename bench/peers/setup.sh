#!/usr/bin/env bash
# Installs the Python packages that the benchmark compares with from PyPI into bench/peers/venv, about 7 GB. `setup.sh [python]`
set -euo pipefail
cd "$(dirname "$0")"
"${1:-python3}" -m venv venv
venv/bin/pip install --requirement requirements.txt
