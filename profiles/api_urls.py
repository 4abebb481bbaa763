"""Addresses of profiles: the API, relative to /api/v1/."""

from django.urls import path

from profiles import api
from profiles.claiming import api_claims
from profiles.collaborating import api_collaboration, api_reports
from profiles.following import api_feed, api_follows
from profiles.notifying import api_notices
from publications.search_models import Kind

urlpatterns = [
    path("authors", api.AuthorList.as_view(), name="authors"),
    path("authors/<path:key>/works", api.AuthorWorks.as_view(), name="author-works"),
    path("authors/<path:key>/coauthors", api.AuthorCoauthors.as_view(), name="author-coauthors"),
    path("authors/<path:key>/topics", api.AuthorTopics.as_view(), name="author-topics"),
    path("authors/<path:key>/institutions", api.AuthorInstitutions.as_view(), name="author-institutions"),
    path("authors/<path:key>/claims", api_claims.AuthorClaims.as_view(), name="author-claims"),
    path("claims/<int:number>", api_claims.ClaimDetail.as_view(), name="claim"),
    path("claims/<int:number>/evidence", api_claims.ClaimEvidence.as_view(), name="claim-evidence"),
    path("claims/<int:number>/decision", api_claims.ClaimDecision.as_view(), name="claim-decision"),
    path("authors/<path:key>/trust", api.AuthorTrust.as_view(), name="author-trust"),
    path("authors/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.AUTHORS), name="author-follow"),
    path("topics/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.TOPICS), name="topic-follow"),
    path(
        "institutions/<path:key>/follow",
        api_follows.FollowTarget.as_view(kind=Kind.INSTITUTIONS),
        name="institution-follow",
    ),
    path("sources/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.SOURCES), name="source-follow"),
    path("me/feed", api_feed.MyFeed.as_view(), name="my-feed"),
    path("me/feed/read", api_feed.FeedRead.as_view(), name="my-feed-read"),
    path("me/feed/<int:number>/saved", api_feed.FeedSaved.as_view(), name="my-feed-saved"),
    path("me/notifications", api_notices.Notifications.as_view(), name="my-notifications"),
    path("me/notifications/read", api_notices.NotificationsRead.as_view(), name="my-notifications-read"),
    path("me/subscription", api_notices.SubscriptionView.as_view(), name="my-subscription"),
    path("me/follows", api_follows.MyFollows.as_view(), name="my-follows"),
    path("invitations", api_collaboration.Invitations.as_view(), name="invitations"),
    path("invitations/<int:number>", api_collaboration.InvitationDetail.as_view(), name="invitation"),
    path("invitations/<int:number>/fit", api_collaboration.InvitationFit.as_view(), name="invitation-fit"),
    path("invitations/<int:number>/decline", api_collaboration.InvitationDecline.as_view(), name="invitation-decline"),
    path("conversations", api_collaboration.Conversations.as_view(), name="conversations"),
    path("conversations/<int:number>", api_collaboration.ConversationDetail.as_view(), name="conversation"),
    path(
        "conversations/<int:number>/messages",
        api_collaboration.ConversationMessages.as_view(),
        name="conversation-messages",
    ),
    path("conversations/<int:number>/read", api_collaboration.ConversationRead.as_view(), name="conversation-read"),
    path(
        "conversations/<int:number>/archive",
        api_collaboration.ConversationArchive.as_view(),
        name="conversation-archive",
    ),
    path("blocks", api_reports.Blocks.as_view(), name="blocks"),
    path("blocks/<int:number>", api_reports.BlockDetail.as_view(), name="block"),
    path("reports", api_reports.Reports.as_view(), name="reports"),
    path("reports/<int:number>/decision", api_reports.ReportDecision.as_view(), name="report-decision"),
    path("authors/<path:key>", api.AuthorDetail.as_view(), name="author"),
]
