"""The project (项目) from application to establishment."""
