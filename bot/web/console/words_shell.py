"""Words of the console's frame: tabs, the signed-in person, what refuses an action."""

WORDS = {
    "shell.title": ("Deskmate", "Deskmate"),
    "shell.inbox": ("Inbox", "收件箱"),
    "shell.review": ("Review", "审核"),
    "shell.knowledge": ("Knowledge", "知识库"),
    "shell.insights": ("Insights", "洞察"),
    "shell.models": ("Models", "模型"),
    "shell.settings": ("Settings", "设置"),
    "shell.tabs": ("Parts of the console", "控制台栏目"),
    "shell.sign_out": ("Sign out", "退出登录"),
    "shell.agent": ("Agent", "客服"),
    "shell.admin": ("Admin", "管理员"),
    "shell.signed_out": ("You are signed out. Sign in again.", "您已退出登录，请重新登录。"),
    "shell.not_allowed": ("Only admins may do this.", "只有管理员可以执行此操作。"),
    "shell.empty": ("Nothing here yet.", "这里还没有内容。"),
}
