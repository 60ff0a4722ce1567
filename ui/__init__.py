"""FACE: Streamlit pages. Widgets and words only."""
