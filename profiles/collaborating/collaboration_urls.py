"""Addresses of direct collaboration."""

from django.urls import path

from profiles.collaborating import views_collaboration as invitations
from profiles.collaborating import views_conversations as conversations
from profiles.collaborating import views_reports as reports

urlpatterns = [
    path("collaboration/", invitations.invitations, name="collaboration"),
    path("collaboration/invite/A<int:number>/", invitations.invite, name="collaboration_invite"),
    path("collaboration/invitations/<int:pk>/", invitations.invitation, name="invitation"),
    path("collaboration/invitations/<int:pk>/accept/", invitations.invitation_accept, name="invitation_accept"),
    path("collaboration/invitations/<int:pk>/decline/", invitations.invitation_decline, name="invitation_decline"),
    path("collaboration/invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("collaboration/invitations/<int:pk>/block/", invitations.invitation_block, name="invitation_block"),
    path("collaboration/conversations/", conversations.listed, name="conversations"),
    path("collaboration/archived/", conversations.listed, {"archived": True}, name="conversations_archived"),
    path("collaboration/conversations/<int:pk>/", conversations.conversation, name="conversation"),
    path("collaboration/conversations/<int:pk>/news/", conversations.conversation_news, name="conversation_news"),
    path("collaboration/conversations/<int:pk>/send/", conversations.conversation_send, name="conversation_send"),
    path(
        "collaboration/conversations/<int:pk>/archive/", conversations.conversation_archive, name="conversation_archive"
    ),
    path("collaboration/conversations/<int:pk>/leave/", conversations.conversation_leave, name="conversation_leave"),
    path("collaboration/conversations/<int:pk>/block/", conversations.conversation_block, name="conversation_block"),
    path("collaboration/blocked/", invitations.blocked, name="blocked"),
    path("collaboration/blocked/<int:pk>/unblock/", invitations.unblock, name="unblock"),
    path("collaboration/report/<slug:kind>/<int:pk>/", reports.report, name="report"),
    path("moderation/reports/", reports.moderation_reports, name="moderation_reports"),
    path("moderation/reports/<int:pk>/", reports.moderation_report, name="moderation_report"),
]
