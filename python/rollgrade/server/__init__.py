"""The grading server: ``rollgrade serve``. Needs the extra ``[serve]`` (starlette and uvicorn)."""
