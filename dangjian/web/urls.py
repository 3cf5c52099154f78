"""The site map. URLs are nouns."""

from django.urls import path

from dangjian.web.views import accounts, faults, handling, meetings, overview, people, programmes, projects

urlpatterns = [
    path("", overview.workbench, name="workbench"),
    path("todos/", overview.todos, name="todos"),
    path("notices/", overview.notices, name="notices"),
    path("notices/read/", overview.read_notices, name="notices-read"),
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="application-new"),
    path("projects/<int:pk>/", projects.show, name="project"),
    path("projects/<int:pk>/application/", projects.edit, name="application-edit"),
    path("projects/<int:pk>/branch-opinion/", projects.branch_opinion, name="branch-opinion"),
    path("projects/<int:pk>/submission/", projects.submission, name="submission"),
    path("projects/<int:pk>/recall/", handling.recall, name="recall"),
    path("projects/<int:pk>/withdrawal/", handling.withdrawal, name="withdrawal"),
    path("projects/<int:pk>/receipt/", handling.receipt, name="receipt"),
    path("projects/<int:pk>/handler/", handling.handler, name="handler"),
    path("projects/<int:pk>/reminder/", handling.reminder, name="reminder"),
    path("projects/<int:pk>/screening/", projects.screening, name="screening"),
    path("projects/<int:pk>/papers/<slug:paper>.<slug:kind>", projects.paper, name="paper"),
    path("screenings/", handling.queue, name="screenings"),
    path("meetings/", meetings.index, name="meetings"),
    path("meetings/new/", meetings.new, name="meeting-new"),
    path("meetings/<int:pk>/", meetings.show, name="meeting"),
    path("meetings/<int:pk>/notice.<slug:kind>", meetings.notice, name="meeting-notice"),
    path("meetings/comparison/", meetings.comparison, name="comparison"),
    path("meetings/<int:pk>/minutes/<int:attachment>/", meetings.minutes, name="meeting-minutes"),
    path("scheme/", programmes.scheme, name="scheme"),
    path("scheme/new/", programmes.new_scheme, name="scheme-new"),
    path("scheme/file/", programmes.scheme_file, name="scheme-file"),
    path("scheme/papers/<slug:paper>.<slug:kind>", programmes.blank_paper, name="blank-paper"),
    path("round/", programmes.round, name="round"),
    path("round/exceptions/new/", programmes.reopen, name="reopen"),
    path("access/", people.access, name="access"),
    path("demo-date/", overview.demo_date, name="demo-date"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("password/", accounts.password, name="password"),
]

handler403 = faults.forbidden
handler404 = faults.missing
