"""党建项目化管理系统: Party-building work run as projects, from application to promotion."""
