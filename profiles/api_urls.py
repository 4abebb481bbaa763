"""Addresses of profiles: the API, relative to /api/v1/."""

from django.urls import path

from profiles import api, api_claims, api_feed, api_follows

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
    path("me/feed", api_feed.MyFeed.as_view(), name="my-feed"),
    path("me/feed/read", api_feed.FeedRead.as_view(), name="my-feed-read"),
    path("me/feed/<int:number>/saved", api_feed.FeedSaved.as_view(), name="my-feed-saved"),
    path("authors/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.AUTHORS), name="author-follow"),
    path("topics/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.TOPICS), name="topic-follow"),
    path(
        "institutions/<path:key>/follow",
        api_follows.FollowTarget.as_view(kind=Kind.INSTITUTIONS),
        name="institution-follow",
    ),
    path("sources/<path:key>/follow", api_follows.FollowTarget.as_view(kind=Kind.SOURCES), name="source-follow"),
    path("me/follows", api_follows.MyFollows.as_view(), name="my-follows"),
    path("authors/<path:key>", api.AuthorDetail.as_view(), name="author"),
]
