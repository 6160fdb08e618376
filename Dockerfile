# Two stages: the first builds a wheel and a virtual environment, the second holds only those,
# with the catalogue built in. Readers' reports go to the volume /data. The server runs as a user without rights.

FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY app app
COPY content content
COPY static static
COPY templates templates
RUN /venv/bin/pip install --no-cache-dir --no-build-isolation --no-deps . \
    && WAYOUT_CATALOGUE=/catalogue/wayout.sqlite /venv/bin/wayout build

FROM python:3.13-slim
# The fonts are for the pictures that are shown where a link to an entry is shared.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home wayout \
    && install -d -o wayout /data
COPY --from=build /venv /venv
COPY --from=build --chown=wayout /catalogue /catalogue
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    WAYOUT_CATALOGUE=/catalogue/wayout.sqlite \
    WAYOUT_DATABASE_URL=sqlite:////data/outcomes.sqlite
VOLUME /data
USER wayout
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["wayout", "serve", "--host", "0.0.0.0", "--port", "8000"]
