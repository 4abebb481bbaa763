"""Domains on which anybody can have an address or a page: they say nothing about where somebody works."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PUBLIC_MAIL: Final = _words(
    """
    126.com 139.com 163.com 188.com 21cn.com abv.bg aim.com aliyun.com aol.com arcor.de att.net bellsouth.net
    bigpond.com bk.ru bluewin.ch bol.com.br btinternet.com centrum.cz charter.net comcast.net cox.net daum.net
    disroot.org duck.com earthlink.net email.cz eclipso.de fastmail.com fastmail.fm foxmail.com free.fr freenet.de
    gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com
    hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.lv inbox.ru interia.pl internode.on.net
    iol.pt juno.com kakao.com laposte.net libero.it list.ru live.ca live.co.uk live.com live.de live.fr live.nl
    mac.com mail.bg mail.com mail.de mail.ee mail.ru mailbox.org mailfence.com mailinator.com me.com mindspring.com
    msn.com mweb.co.za nate.com naver.com netscape.net ngs.ru o2.pl onet.pl optonline.net orange.fr outlook.com
    outlook.de outlook.es outlook.fr outlook.jp pacbell.net pm.me pobox.com posteo.de posteo.net proton.me
    protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com riseup.net rocketmail.com runbox.com sapo.pt
    sbcglobal.net seznam.cz sfr.fr sina.cn sina.com skynet.be sohu.com startmail.com t-online.de talktalk.net
    telenet.be telus.net terra.com.br tin.it tiscali.it tom.com tuta.com tuta.io tutanota.com tutanota.de ukr.net
    uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xs4all.nl ya.ru yahoo.ca yahoo.co.id
    yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.hk yahoo.com.mx
    yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.vn yahoo.de yahoo.es yahoo.fr yahoo.gr yahoo.in yahoo.it
    yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com zoho.com zohomail.com
    """
)
# Pages of many people under one registrable domain that the public suffix list does not take apart.
SHARED_HOSTS: Final = _words(
    """
    about.me academia.edu archive.org archive.ph bitbucket.org blogspot.com canalblog.com docs.google.com dropbox.com
    facebook.com figshare.com fc2.com flickr.com github.com gitlab.com hatenablog.com instagram.com jimdo.com
    linkedin.com linktr.ee livejournal.com mastodon.social medium.com notion.site notion.so orcid.org osf.io
    over-blog.com researchgate.net sites.google.com sourceforge.net squarespace.com strikingly.com substack.com t.me
    tripod.com tumblr.com twitter.com typepad.com ucoz.com vk.com web.archive.org webnode.com weebly.com wikidata.org
    wikipedia.org wix.com wixsite.com wordpress.com x.com youtube.com zenodo.org
    """
)
# Left of an organisation's domain: people who are no longer there, or who write there without working there.
LOOSE_MAIL: Final = _words(
    """
    affiliate affiliates alum alumna alumnae alumne alumni alumno alumnos alumnus aluno alunos anciens
    ehemalige etu etud etudiant etudiants exalumnos extern external former forward friend friends gast guest guests
    list listes lists listserv listserver mailman retired retiree retirees stu stud student students studenti
    studenten temp visitor visitors
    """
)
LOOSE_PAGES: Final = LOOSE_MAIL | _words(
    """
    bbs blog blogs bugs cloud code confluence discourse discuss drive files forum forums git gitea gitlab issues
    jira moodle owncloud nextcloud pad paste pastebin redmine share sharepoint svn talk tickets trac
    upload uploads usercontent wiki wikis
    """
)
